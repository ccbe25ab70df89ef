/*
 * What a guest does at a registrar (RFC 3261 §10), once there is a way to it:
 *
 *   query (no Contact) ──2xx──→ another device bound and not `beside` ──→ stop
 *        │                   ├→ only asked: stop · asked to remove: remove what was named
 *        │                   └→ bind own Contact ──2xx──→ remove own Contact
 *        └─ refusal, silence, no password ──→ stop
 *
 * Whatever happens after the bind was sent (error, silence, Ctrl-C), the own Contact is removed, and only that one.
 */
import { bindingsIn, type ListedBinding, nameBindings } from './bindings.js';
import { checked } from './checked.js';
import { type Exchange, isForTheNext, isSuccess } from './exchange.js';
import { keepBinding } from './keep-binding.js';
import { optionsStep } from './ping.js';
import { tellAuthentication, tellBinding, tellFirstAnswer, tellTrust } from './register-steps.js';
import type { RegisteringOptions } from './registering-options.js';
import { type RemoveDeps, removeBinding, removeNamed } from './remove-binding.js';

export interface RegisterDeps extends RemoveDeps {
	/** Goes on where another device is bound. */
	readonly beside: boolean;
	/** Absent: registers and removes. */
	readonly registering?: Pick<RegisteringOptions, 'mode' | 'keep'> | undefined;
	/** There is another address to try, so a failure of this one is not the end. */
	readonly more: boolean;
	/** Called once it is clear that this address is the one. */
	readonly onReached: () => void;
}

/** How the run ended, seen from the registrar's side. */
export type RegisterEnd =
	| 'registered'
	| 'queried'
	| 'unregistered'
	| 'other-device'
	| 'refused'
	| 'not-authenticated'
	| 'unanswered'
	| 'unreachable'
	| 'interrupted';

/** Runs the dialogue; says the steps from `options` on. */
export async function register(deps: RegisterDeps): Promise<RegisterEnd> {
	const { session, checklist, timeoutMs, signal } = deps;
	const queried = await session.perform({ kind: 'query' }, timeoutMs, signal);
	if (deps.more && isForTheNext(queried)) return endOf(queried);
	deps.onReached();
	await tellOptions(deps);
	checked(checklist, 'register', () => tellFirstAnswer(deps, queried));
	checked(checklist, 'challenge', () => tellAuthentication(deps, queried));
	const end = await goOn(deps, queried);
	checklist.say('unregistered', 'skipped', 'nothing was bound, so nothing is removed');
	return end;
}

/** What follows the list of bindings. */
async function goOn(deps: RegisterDeps, queried: Exchange): Promise<RegisterEnd> {
	const { session, checklist, beside, registering } = deps;
	const listed = readListed(deps, queried);
	if (listed === undefined || queried.kind !== 'answered') return endOf(queried);
	const mode = registering?.mode ?? 'register';
	if (mode !== 'register') checked(checklist, 'challenge', () => tellTrust(deps));
	if (mode === 'query') {
		const words = listed.length === 0 ? 'no binding' : nameBindings(listed);
		checklist.say('binding', 'ok', `only asked for the bindings: ${words}`);
		return 'queried';
	}
	if (mode === 'unregister') return removeNamed(deps, listed);
	// Who gives a Contact or an instance-id may name that of a phone in use.
	const given = session.identity?.isGiven === true;
	const others = listed.filter(({ own }) => !own || given);
	if (others.length === 0 || beside) return bindAndRemove(deps, others);
	const [who, what] = others.some(({ own }) => own)
		? ['this Contact or instance-id is bound already', 'it would be replaced and removed']
		: ['another device is bound', 'an account for one device would drop it'];
	const text = `not registered: ${who} (${nameBindings(others)}), and ${what}; --beside goes on`;
	checklist.say('binding', 'warning', text);
	return 'other-device';
}

/** The `options` step; a server that answers REGISTER and no OPTIONS costs little time. */
async function tellOptions({ session, checklist, timers, signal }: RegisterDeps): Promise<void> {
	const { ping } = session;
	if (ping === undefined) {
		checklist.skipBefore('register', 'not sent');
		return;
	}
	const answer = await ping.wait(session.firstFinal?.ms, timers, signal);
	checked(checklist, 'options', () => checklist.say('options', ...optionsStep(answer), answer?.ms));
}

/** Registrars that know no query for bindings; with `beside` the probe goes on without the list. */
const QUERY_NOT_KNOWN = new Set([400, 405, 501]);

/** Every binding there is; undefined where the probe must not go on. */
function readListed(
	{ session, beside, registering }: RegisterDeps,
	queried: Exchange,
): readonly ListedBinding[] | undefined {
	if (queried.kind !== 'answered') return undefined;
	if (isSuccess(queried.response)) return bindingsIn(queried.response, session);
	if (registering !== undefined && registering.mode !== 'register') return undefined;
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
		const exchange = await session.perform(
			{ kind: 'bind', expires: deps.expires },
			timeoutMs,
			signal,
		);
		bound = exchange;
		checked(checklist, 'credentials', () => tellAuthentication(deps, exchange));
		checked(checklist, 'challenge', () => tellTrust(deps));
		checked(checklist, 'binding', () => tellBinding(deps, exchange, others));
		return endOf(exchange);
	} finally {
		// Sure of having left nothing: nothing went out, or the server said no.
		const nothing = session.sends === sentBefore || (bound !== undefined && isRefusal(bound));
		const kept = deps.registering?.keep === true && bound !== undefined && keepBinding(deps, bound);
		if (!nothing && !kept) await removeBinding(deps, bound?.kind === 'answered');
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
