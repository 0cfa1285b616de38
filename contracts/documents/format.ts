/** A document as it is written: two spaces, one newline at the end. */
export function formatDocument(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
