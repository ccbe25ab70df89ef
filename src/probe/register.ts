/*
 * What a guest does at a registrar (RFC 3261 §10), once there is a way to it:
 *
 *   query (no Contact) ──2xx──→ another device bound and not `beside` ──→ stop
 *        │                   └→ bind own Contact ──2xx──→ remove own Contact
 *        └─ refusal, silence, no password ──→ stop
 *
 * Whatever happens after the bind was sent (error, silence, Ctrl-C), the own Contact is removed, and only that one.
 */
import { bindingsIn, type ListedBinding, nameBindings } from './bindings.js';
import { type Exchange, isSuccess } from './exchange.js';
import { tellAuthentication, tellBinding, tellFirstAnswer } from './register-steps.js';
import { type RemoveDeps, removeBinding } from './remove-binding.js';

export interface RegisterDeps extends RemoveDeps {
	/** Goes on where another device is bound. */
	readonly beside: boolean;
	/** There is another address to try, so a failure of this one is not the end. */
	readonly more: boolean;
	/** Called once it is clear that this address is the one. */
	readonly onReached: () => void;
}

/** How the run ended, seen from the registrar's side. */
export type RegisterEnd =
	| 'registered'
	| 'other-device'
	| 'refused'
	| 'not-authenticated'
	| 'unanswered'
	| 'unreachable'
	| 'interrupted';

/** Runs the dialogue; says the steps from `register` on. */
export async function register(deps: RegisterDeps): Promise<RegisterEnd> {
	const { session, checklist, timeoutMs, signal } = deps;
	const queried = await session.perform({ kind: 'query' }, timeoutMs, signal);
	if (deps.more && queried.kind === 'failed' && session.received.length === 0) return 'unreachable';
	deps.onReached();
	tellFirstAnswer(deps, queried);
	tellAuthentication(deps, queried);
	const others = readOthers(deps, queried);
	let end = endOf(queried);
	if (others !== undefined) {
		if (others.length > 0 && !deps.beside) {
			const text = `not registered: another device is bound (${nameBindings(others)}), and an account for one device would drop it; --beside goes on`;
			checklist.say('binding', 'warning', text);
			end = 'other-device';
		} else {
			end = await bindAndRemove(deps, others);
		}
	}
	checklist.say('unregistered', 'skipped', 'nothing was bound, so nothing is removed');
	return end;
}

/** Registrars that know no query for bindings; with `beside` the probe goes on without the list. */
const QUERY_NOT_KNOWN = new Set([400, 405, 501]);

/** The bindings of others; undefined where the probe must not go on. */
function readOthers(
	{ session, beside }: RegisterDeps,
	queried: Exchange,
): readonly ListedBinding[] | undefined {
	if (queried.kind !== 'answered') return undefined;
	if (isSuccess(queried.response)) return bindingsIn(queried.response, session);
	return beside && QUERY_NOT_KNOWN.has(queried.response.statusCode) ? [] : undefined;
}

async function bindAndRemove(
	deps: RegisterDeps,
	others: readonly ListedBinding[],
): Promise<RegisterEnd> {
	const { session, checklist, timeoutMs, signal } = deps;
	const sentBefore = session.sends;
	let bound: Exchange | undefined;
	try {
		bound = await session.perform({ kind: 'bind', expires: deps.expires }, timeoutMs, signal);
		tellAuthentication(deps, bound);
		checklist.say('challenge', 'skipped', 'the server asked for no credentials');
		checklist.say('credentials', 'skipped', 'the server asked for no credentials');
		tellBinding(deps, bound, others);
		return endOf(bound);
	} finally {
		// Sure of having left nothing: nothing went out, or the server said no.
		const nothing = session.sends === sentBefore || (bound !== undefined && isRefusal(bound));
		if (!nothing) await removeBinding(deps, bound?.kind === 'answered');
	}
}

function endOf(exchange: Exchange): RegisterEnd {
	switch (exchange.kind) {
		case 'answered':
			return isSuccess(exchange.response) ? 'registered' : 'refused';
		case 'not-authenticated':
			return 'not-authenticated';
		case 'unanswered':
			return 'unanswered';
		case 'failed':
		case 'no-way':
			return 'unreachable';
		case 'aborted':
			return 'interrupted';
	}
}

/** Sure that no binding came of it: a proxy that only ran out of time (408, 504) does not know. */
function isRefusal(exchange: Exchange): boolean {
	if (exchange.kind === 'not-authenticated') return true;
	if (exchange.kind !== 'answered' || isSuccess(exchange.response)) return false;
	return ![408, 504].includes(exchange.response.statusCode);
}
