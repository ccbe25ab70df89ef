/** The method that entered A2: a phone may compute for one request and send another. */
import type { RemainderForm } from './alteration.js';

const METHODS = ['REGISTER', 'register', 'INVITE', 'SUBSCRIBE', 'OPTIONS', 'PUBLISH', 'GET', ''];

const FORMS = METHODS.map((method): RemainderForm & { readonly hashed: string } => ({
	...{ family: 'method', name: 'another-method', hashed: method, usual: false },
	words: method === '' ? 'without the method' : `for the method ${method}`,
	change: (remainder) => ({ ...remainder, a2: { ...remainder.a2, method } }),
}));

/** The forms of the method as written. */
export function methodForms(written: string): readonly RemainderForm[] {
	return FORMS.filter(({ hashed }) => hashed !== written);
}
