/** The method that entered A2: a phone may compute for one request and send another. */
import { distinct, type RemainderForm } from './alteration.js';

const METHODS = ['REGISTER', 'register', 'INVITE', 'SUBSCRIBE', 'OPTIONS', 'PUBLISH', 'GET', ''];

/** The forms of the method as written. */
export function methodForms(written: string): readonly RemainderForm[] {
	const forms = METHODS.map(
		(method): RemainderForm => ({
			...{ family: 'method', name: 'another-method', hashed: method, usual: false },
			words: method === '' ? 'without the method' : `for the method ${method}`,
			change: (remainder) => ({ ...remainder, method }),
		}),
	);
	return distinct(forms, ({ hashed = '' }) => hashed, written);
}
