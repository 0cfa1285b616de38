/** A text as part of a key pattern that stands for itself: the marks that a pattern reads as wildcards are escaped. */
export function literal(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
