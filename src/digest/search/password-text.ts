/** A password as it is hashed (RFC 7616 §4): its UTF-8 bytes as wire text, one character a byte. */
import { isAscii } from '../algorithm.js';

/** The wire text of a password in UTF-8. */
export function passwordText(password: string): string {
	return isAscii(password) ? password : Buffer.from(password, 'utf8').toString('latin1');
}
