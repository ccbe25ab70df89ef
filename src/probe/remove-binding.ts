import { elapsedMs, type Instant } from '../time/instant.js';
import { bindingsIn, type ListedBinding, nameBindings } from './bindings.js';
import { endWords, isSuccess } from './exchange.js';
import type { StepDeps } from './register-steps.js';
import type { Timers } from './timers.js';

/** A removal must not hold up somebody who pressed Ctrl-C, nor wait long for a server that is silent. */
const REMOVAL_AFTER_TROUBLE_MS = 4000;

export interface RemoveDeps extends StepDeps {
	readonly timers: Timers;
	readonly now: () => Instant;
	readonly signal: AbortSignal | undefined;
}

/**
 * Removes exactly the own Contact (expires=0) and says so in the `unregistered` step. `atEase`: the bind was answered,
 * so the server deserves the full patience.
 */
export async function removeBinding(deps: RemoveDeps, atEase: boolean): Promise<void> {
	const { session, checklist, timers, signal } = deps;
	const timeoutMs = atEase ? deps.timeoutMs : Math.min(deps.timeoutMs, REMOVAL_AFTER_TROUBLE_MS);
	const patience = afterAbort(signal, timers);
	const since = deps.now();
	const removed = await session.perform({ kind: 'remove' }, timeoutMs, patience.signal);
	patience.done();
	const ms = elapsedMs(since, deps.now());
	if (removed.kind !== 'answered' || !isSuccess(removed.response)) {
		const text = `the own binding could not be removed (${endWords(removed)}); it ends by itself`;
		checklist.say('unregistered', 'failed', text, ms);
		return;
	}
	const listed = bindingsIn(removed.response, session);
	if (listed.some(({ own }) => own)) {
		checklist.say(
			'unregistered',
			'warning',
			'the server answered 2xx and still lists the own binding; it ends by itself',
			ms,
		);
		return;
	}
	const left = listed.length === 0 ? 'no binding is left' : `left alone: ${nameBindings(listed)}`;
	checklist.say('unregistered', 'ok', `the own binding was removed; ${left}`, ms);
}

/**
 * Removes those listed bindings that the user named by Contact or instance-id, and no other, in one REGISTER
 * (RFC 3261 §10.2.2); says `binding` and `unregistered`.
 */
export async function removeNamed(
	deps: RemoveDeps,
	listed: readonly ListedBinding[],
): Promise<'unregistered' | 'refused' | 'interrupted'> {
	const { session, checklist, timeoutMs, signal } = deps;
	const named = listed.filter(({ own }) => own);
	const contacts = named.flatMap(({ contact }) => contact ?? []);
	const words = listed.length === 0 ? 'there is no binding' : `bindings: ${nameBindings(listed)}`;
	checklist.say('binding', 'ok', `not registered, as only a removal was asked for; ${words}`);
	checklist.skipBefore('unregistered', 'only a removal was asked for');
	if (contacts.length === 0) {
		checklist.say('unregistered', 'ok', 'nothing to remove: the binding named is not there');
		return 'unregistered';
	}
	const since = deps.now();
	const removed = await session.perform({ kind: 'remove', contacts }, timeoutMs, signal);
	const ms = elapsedMs(since, deps.now());
	if (removed.kind !== 'answered' || !isSuccess(removed.response)) {
		checklist.say('unregistered', 'failed', `not removed: ${endWords(removed)}`, ms);
		return removed.kind === 'aborted' ? 'interrupted' : 'refused';
	}
	const after = bindingsIn(removed.response, session);
	const left = after.length === 0 ? 'no binding is left' : `left alone: ${nameBindings(after)}`;
	const [state, text] = after.some(({ own }) => own)
		? (['failed', `the server answered 2xx and still lists it: ${nameBindings(after)}`] as const)
		: (['ok', `removed: ${nameBindings(named)}; ${left}`] as const);
	checklist.say('unregistered', state, text, ms);
	return 'unregistered';
}

/** A signal that fires `REMOVAL_AFTER_TROUBLE_MS` after the user's: cleaning up is allowed that long. */
function afterAbort(
	signal: AbortSignal | undefined,
	timers: Timers,
): { readonly signal: AbortSignal; done(): void } {
	const controller = new AbortController();
	let cancel = (): void => undefined;
	const start = (): void => {
		cancel = timers.after(REMOVAL_AFTER_TROUBLE_MS, () => controller.abort());
	};
	if (signal?.aborted === true) start();
	else signal?.addEventListener('abort', start, { once: true });
	return {
		signal: controller.signal,
		done() {
			signal?.removeEventListener('abort', start);
			cancel();
		},
	};
}
