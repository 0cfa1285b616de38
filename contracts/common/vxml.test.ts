import { describe, expect, test } from '@jest/globals';
import type { Matcher } from '../matchers.ts';
import { compile, match } from '../matching.ts';
import { postingSubmit, tag, vxmlPage } from './vxml.ts';

const fits = (page: Matcher<string>, text: string) =>
  match(compile(page), text, { strict: [], bindings: new Map() }).length === 0;
const root = (content: string) => `<vxml version="2.1">${content}</vxml>`;

const record = vxmlPage('<record maxtime="9s"/><submit next="/a" method="post"/>', [
  tag('record', { maxtime: '[0-9]+s' }),
  postingSubmit(),
]);
const submit = '<submit next="/a" method="post"/>';

test('the example is a page of its own kind', () => {
  expect(fits(record, String(record.value))).toBe(true);
});

describe('a page may be written in any way', () => {
  test.each([
    [
      'attributes in another order',
      root(`<record maxtime="1s"/><submit method="post" enctype="x" next="/a"></submit>`),
    ],
    ['elements in another order', root(`${submit}<record name="r" maxtime="1s"/>`)],
    ['single quotes and spaces', root(`<record\n maxtime = '1s'/><submit next='/a' method='post'/>`)],
    ['a computed address', root(`<record maxtime="1s"/><submit expr="'/a?b=' + c" method="post"/>`)],
    ['a > in a value', root(`<record cond="a > 1" maxtime="1s"/>${submit}`)],
    [
      'a prolog and a namespace',
      '<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE vxml>\n<vxml xmlns="http://www.w3.org/2001/vxml" version="2.1">\n' +
        `<record maxtime="1s"/>${submit}\n</vxml>\n`,
    ],
  ])('%s', (_how, text) => {
    expect(fits(record, text)).toBe(true);
  });
});

describe('no such page is', () => {
  test.each([
    ['text', 'hello'],
    ['of another root', `<html version="2.1"><record maxtime="1s"/>${submit}</html>`],
    ['of another version', `<vxml version="2.0"><record maxtime="1s"/>${submit}</vxml>`],
    ['cut off', `<vxml version="2.1"><record maxtime="1s"/>${submit}`],
    ['without the element', root(submit)],
    ['with another element whose name begins so', root(`<recordutterance maxtime="1s"/>${submit}`)],
    ['without the attribute', root(`<record/>${submit}`)],
    ['with the attribute elsewhere', root(`<record/><field maxtime="1s"/>${submit}`)],
    ['with another value', root(`<record maxtime="long"/>${submit}`)],
    ['sent by GET', root('<record maxtime="1s"/><submit next="/a" method="get"/>')],
    ['sent nowhere', root('<record maxtime="1s"/><submit method="post"/>')],
    ['sent to an empty address', root('<record maxtime="1s"/><submit next="" method="post"/>')],
  ])('one that is %s', (_how, text) => {
    expect(fits(record, text)).toBe(false);
  });

  test('one that has what it must not have', () => {
    const noRecord = vxmlPage('<exit/>', [tag('exit|disconnect')], [tag('record')]);
    expect(fits(noRecord, root('<disconnect/>'))).toBe(true);
    expect(fits(noRecord, root('<exit/><record/>'))).toBe(false);
    expect(fits(noRecord, root('<submit/>'))).toBe(false);
  });
});
