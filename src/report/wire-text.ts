import { displayText } from '../sip/display-text.js';

/** Wire text as a person wrote it. Text that holds more than bytes was made readable before and stays. */
export function readable(text: string): string {
	return /[\u0100-\uffff]/.test(text) ? text : displayText(text);
}
