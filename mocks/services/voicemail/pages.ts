import { callAudioPath, callMessagePath, promptPath } from '../../../contracts/common/voicemail.ts';
import { dialect } from '../../../contracts/dialect.ts';
import type { Message } from './world.ts';

/** The VoiceXML pages, from values that may hold anything. */

const routes = dialect.http.voicemail;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A text as an expression of the page's script. */
const literal = (text: string) => escaped(JSON.stringify(text));

function vxml(...forms: string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<vxml version="2.1" xmlns="http://www.w3.org/2001/vxml">',
    ...forms,
    '</vxml>',
  ].join('\n');
}

/** Says something, and the call ends. */
export function lastPage(text: string): string {
  return vxml(`<form><block><prompt>${escaped(text)}</prompt><exit/></block></form>`);
}

/** Records a message. */
export function depositPage(mailbox: string, callerId: string, maxSeconds: number): string {
  return vxml(
    '<form id="deposit">',
    `<var name="mailbox" expr="${literal(mailbox)}"/>`,
    `<var name="callerId" expr="${literal(callerId)}"/>`,
    `<var name="priority" expr="'normal'"/>`,
    '<var name="duration"/>',
    `<record name="audio" beep="true" maxtime="${maxSeconds}s" finalsilence="5s" dtmfterm="true" type="audio/wav">`,
    `<prompt><audio src="${promptPath}">Please leave a message.</audio></prompt>`,
    '<filled>',
    '<assign name="duration" expr="audio$.duration"/>',
    `<submit next="${routes.deposit}" method="post" enctype="multipart/form-data"` +
      ' namelist="audio mailbox callerId duration priority"/>',
    '</filled>',
    '</record>',
    '</form>',
  );
}

/** Asks for mailbox and PIN. @param mailbox set where only the PIN is asked for once more */
export function loginPage(text: string, mailbox?: string): string {
  return vxml(
    '<form id="login">',
    '<var name="callid" expr="session.callid"/>',
    `<block><prompt>${escaped(text)}</prompt></block>`,
    mailbox === undefined
      ? '<field name="mailbox" type="digits"><prompt>Mailbox?</prompt></field>'
      : `<var name="mailbox" expr="${literal(mailbox)}"/>`,
    '<field name="pin" type="digits"><prompt>PIN?</prompt></field>',
    `<filled mode="all"><submit next="${routes.login}" method="post" namelist="mailbox pin callid"/></filled>`,
    '</form>',
  );
}

/** Says what is there, then plays one message after the other. @param token of this call, for the recordings */
export function menuPage(messages: readonly Message[], token: string): string {
  const count = (status: Message['status']) => messages.filter((each) => each.status === status).length;
  const first = messages[0];
  const next = first === undefined ? '<exit/>' : `<goto next="#${escaped(first.id)}"/>`;
  const said = `You have ${count('new')} new and ${count('saved')} saved messages.`;
  return vxml(
    `<form id="menu"><block><prompt>${said}</prompt>${next}</block></form>`,
    ...messages.map(({ id }) => messageForm(id, token)),
  );
}

function messageForm(id: string, token: string): string {
  return [
    `<form id="${escaped(id)}">`,
    '<field name="action">',
    `<prompt><audio src="${escaped(`${callAudioPath(id)}?token=${token}`)}"/>Save, delete or forward?</prompt>`,
    '<option dtmf="1" value="save">save</option>',
    '<option dtmf="2" value="delete">delete</option>',
    '<option dtmf="3" value="forward">forward</option>',
    '</field>',
    `<field name="target" type="digits" cond="action == 'forward'"><prompt>To which mailbox?</prompt></field>`,
    '<block>',
    `<if cond="action == 'forward'"><submit next="${callMessagePath(id)}" method="post" namelist="action target"/>`,
    `<else/><submit next="${callMessagePath(id)}" method="post" namelist="action"/></if>`,
    '</block>',
    '</form>',
  ].join('\n');
}
