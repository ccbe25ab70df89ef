import { readExpires } from '../sip/headers/expires.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import { bindingsIn } from './bindings.js';
import { clipped } from './checklist.js';
import { type Exchange, isSuccess } from './exchange.js';
import type { StepDeps } from './register-steps.js';

export interface KeepDeps extends StepDeps {
	readonly now: () => Instant;
	readonly signal: AbortSignal | undefined;
}

/** Leaves the binding, and says so loudly; false where there is none for sure, or the user broke off: then it is removed. */
export function keepBinding(deps: KeepDeps, bound: Exchange): boolean {
	const { session, checklist, signal } = deps;
	if (signal?.aborted === true || bound.kind !== 'answered' || !isSuccess(bound.response))
		return false;
	const own = bindingsIn(bound.response, session).find((binding) => binding.own);
	const common = readExpires(bound.response);
	const seconds = own?.expires ?? (common?.ok === true ? common.value : deps.expires);
	const until = toRfc3339(deps.now() + seconds * 1_000_000).replace(/\.\d+/, '');
	const contact = clipped(own?.uri ?? session.identity?.contactUri ?? '');
	const text = `NOT removed, as --keep was given: ${contact} stays bound for ${seconds} s, until ${until}; calls go there, and nobody answers`;
	checklist.say('unregistered', 'warning', text);
	return true;
}
