/**
 * True for text that can be the id of a session: it is sent back as one segment of a path, and stands on one line of a
 * global id. Blanks, control characters, `.`, `..` and broken Unicode can do neither; a database cannot keep the last.
 */
export function isUsableId(id: string): boolean {
  return /^(?!\.{1,2}$)[^\s\p{Cc}]{1,256}$/u.test(id) && id.isWellFormed();
}
