/*
 * `sipdoctor watch`: one registration that stays, as a good phone keeps it.
 *
 *   attempt ──2xx──→ idle: keep-alives, answers to the server ──refresh due──→ attempt
 *      │               └─ flow lost ──a moment──→ attempt
 *      ├─ silent, unreachable, 503 ──next server (RFC 3263 §4.3)──→ attempt
 *      ├─ refused, or all servers tried ──back-off (RFC 5626 §4.5), Retry-After──→ attempt
 *      └─ credentials refused twice, another device, end ──→ remove the own binding
 *
 * Each attempt has a recorder and a log of its own, so that nothing grows with the months.
 */
import { formatEndpoint } from '../../net/endpoint.js';
import { readRetryAfter } from '../../sip/headers/retry-after.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { TraceSink } from '../../trace/observed.js';
import type { Authentication } from '../authentication.js';
import { bindingsIn, nameBindings } from '../bindings.js';
import { type Exchange, endWords, isSuccess } from '../exchange.js';
import { checkIdentity, newIdentity } from '../identity.js';
import { newAuthentication } from '../new-authentication.js';
import { noNetwork, noRoute } from '../no-network.js';
import { type ProbeRecord, ProbeRecorder } from '../recorder.js';
import { RegisterSession } from '../register-session.js';
import { type ProbeTarget, readTarget } from '../target.js';
import type { Server } from './find-servers.js';
import { isForbidden, isSureRefusal, whyGiveUp } from './give-up.js';
import type { KeepDeps, KeepOptions } from './keep-options.js';
import { localTrouble } from './local-trouble.js';
import type { LifetimeInterval } from './nat-lifetime.js';
import { refreshMs } from './refresh-time.js';
import { removeOwn } from './remove-own.js';
import { Retries } from './retries.js';
import { ServedFlow } from './served-flow.js';
import type { FlowLoss, GaveUp, LocalTrouble } from './watch-news.js';

/** Own bindings of former flows that are removed at the end with the last one. */
const MAX_FORMER = 8;

/**
 * Keeps the registration until the signal, or until it gives up. Throws `ProbeError` for a wrong argument, and where
 * nothing can leave this machine in the beginning.
 */
export async function keepRegistered<L extends TraceSink>(
	options: KeepOptions,
	deps: KeepDeps<L>,
): Promise<LifetimeInterval> {
	const target = readTarget(options.aor, options.server);
	if (options.registering !== undefined) checkIdentity(options.registering);
	return new Keeper(options, deps, target).run();
}

type Awake = 'due' | 'lost' | 'interrupted';
type Next = { readonly inMs: number; readonly isRegistered: boolean } | 'stop';

interface Attempt<L> {
	readonly since: Instant;
	readonly log: L;
	readonly recorder: ProbeRecorder;
}

class Keeper<L extends TraceSink> {
	readonly #options: KeepOptions;
	readonly #deps: KeepDeps<L>;
	readonly #target: ProbeTarget;
	readonly #flow: ServedFlow;
	readonly #retries: Retries;
	#authentication: Authentication;
	#cseq = 0;
	/** Something has left this machine, or could have. */
	#isOnline = false;
	#forbidden = 0;
	#registeredAt: Instant | undefined;
	/** What was said when it last succeeded: the next failure is told against it. */
	#lastGood: readonly ProbeRecord[] = [];
	/** A REGISTER with the own Contact left, and nobody said that it came to nothing. */
	#maybeBound = false;
	#former: readonly string[] = [];
	#othersAllowed: boolean;
	/** A server that takes no nonce twice is asked for a fresh one each time. */
	#reuseNonces = true;
	#wake: (why: Awake) => void = () => undefined;

	constructor(options: KeepOptions, deps: KeepDeps<L>, target: ProbeTarget) {
		this.#options = options;
		this.#deps = deps;
		this.#target = target;
		this.#othersAllowed = options.beside;
		this.#authentication = this.#newAuthentication();
		const { now, onNews, random } = deps;
		this.#retries = new Retries({ retrySeconds: options.retrySeconds, random });
		this.#flow = new ServedFlow(options, target, {
			...deps,
			onLost: (failure) => this.#loseFlow({ kind: 'told', failure }),
			onRequest: (method, from) => onNews({ kind: 'request-answered', at: now(), method, from }),
			onKeepAlive: (ms) => onNews({ kind: 'keep-alive-answered', at: now(), ms }),
			onSilence: (isDead) => {
				onNews({ kind: 'keep-alive-unanswered', at: now(), isDead });
				if (isDead) this.#loseFlow({ kind: 'silent' });
			},
		});
	}

	async run(): Promise<LifetimeInterval> {
		const { signal } = this.#deps;
		const abort = (): void => this.#wake('interrupted');
		signal.addEventListener('abort', abort, { once: true });
		try {
			while (!signal.aborted) {
				const next = await this.#attempt();
				if (next === 'stop') break;
				if (next.isRegistered) this.#flow.startKeepAlive();
				const awake = await this.#pause(next.inMs);
				this.#flow.stopKeepAlive();
				if (awake === 'lost') await this.#pause(this.#retries.reopenMs());
			}
		} finally {
			signal.removeEventListener('abort', abort);
			if (this.#maybeBound) await this.#remove();
			await this.#flow.close();
		}
		return this.#flow.mapped.lifetime;
	}

	async #attempt(): Promise<Next> {
		const { now, newLog, signal } = this.#deps;
		const { timeoutMs, expires } = this.#options;
		const log = newLog();
		const attempt = { since: now(), log, recorder: new ProbeRecorder(log, now) };
		const found = await this.#flow.find(attempt.recorder, this.#retries.turn);
		if (found === 'aborted') return 'stop';
		if ('kind' in found) return this.#fail(attempt, undefined);
		this.#flow.mapped.begin();
		const session = this.#newSession(attempt.recorder, found);
		try {
			const refused = await this.#askForOthers(attempt, session);
			if (refused !== undefined) return refused;
			const wasBound = this.#maybeBound;
			const sentBefore = session.sends;
			const bound = await session.perform({ kind: 'bind', expires }, timeoutMs, signal);
			this.#maybeBound ||= session.sends > sentBefore;
			const change = this.#flow.mapped.note(session.received.at(-1), now());
			if (change !== undefined)
				this.#deps.onNews({ kind: 'mapping-changed', at: now(), ...change });
			if (isSureRefusal(bound)) this.#maybeBound = wasBound && bound.kind === 'answered';
			const listed = listedIn(bound, session);
			return listed === undefined
				? await this.#fail(attempt, bound)
				: this.#succeed(attempt, listed, session);
		} finally {
			this.#cseq = session.cseq;
			await session.close();
		}
	}

	/** Before the first binding: an account for one device would drop another one. Undefined: go on. */
	async #askForOthers(attempt: Attempt<L>, session: RegisterSession): Promise<Next | undefined> {
		if (this.#othersAllowed) return undefined;
		const { timeoutMs } = this.#options;
		const asked = await session.perform({ kind: 'query' }, timeoutMs, this.#deps.signal);
		if (asked.kind !== 'answered' || !isSuccess(asked.response)) return this.#fail(attempt, asked);
		// Who gives a Contact or an instance-id may name that of a phone in use.
		const given = session.identity?.isGiven === true;
		const others = bindingsIn(asked.response, session).filter(({ own }) => !own || given);
		const why = others.some(({ own }) => own) ? 'already-bound' : 'other-device';
		if (others.length > 0) return this.#giveUp(why, nameBindings(others));
		this.#othersAllowed = true;
		return undefined;
	}

	#newSession(recorder: ProbeRecorder, { transport, remote }: Server): RegisterSession {
		const { timers } = this.#deps;
		const token = (length: number): string => this.#token(length);
		return new RegisterSession({
			open: (listener, signal) => this.#flow.borrow(listener, signal),
			openLarge: this.#flow.borrowLarge,
			...{ transport, remote, recorder, timers },
			lastCseq: this.#cseq,
			authentication: this.#authentication,
			identify: (opened) => {
				const { userAgent, registering } = this.#options;
				const inputs = { target: this.#target, transport: opened, userAgent, token, registering };
				const identity = newIdentity(inputs, this.#flow.identity);
				this.#flow.identity = identity;
				return identity;
			},
			newBranch: () => `z9hG4bK${this.#token(10)}`,
			onWaiting: undefined,
		});
	}

	#succeed(
		attempt: Attempt<L>,
		listed: ReturnType<typeof bindingsIn>,
		session: RegisterSession,
	): Next {
		const { now, random, onNews } = this.#deps;
		const own = listed.filter((binding) => binding.own);
		const present = own.find(({ uri }) => this.#isPresent(uri)) ?? own[0];
		this.#former = own
			.filter((binding) => binding !== present)
			.flatMap(({ contact }) => contact ?? [])
			.slice(0, MAX_FORMER);
		const granted = present?.expires ?? this.#options.expires;
		this.#retries.succeeded();
		this.#forbidden = 0;
		this.#isOnline = true;
		const at = now();
		this.#registeredAt = at;
		this.#lastGood = attempt.recorder.records;
		this.#flow.accepted = session.received.at(-1)?.response;
		if (this.#authentication.failures > 0) this.#reuseNonces = false;
		if (!this.#reuseNonces) this.#authentication = this.#newAuthentication();
		const refreshInMs = refreshMs(granted, random());
		const { transport } = this.#flow;
		if (transport !== undefined) {
			const { local, remote, name } = transport;
			const ms = session.firstFinal?.ms;
			const note = session.largeWords;
			const flow = { local, remote, transport: name, mapped: this.#flow.mapped.seen, note };
			onNews({ kind: 'registered', at, granted, ms, refreshInMs, ...flow });
		}
		return { inMs: refreshInMs, isRegistered: true };
	}

	/** Registrars change parameters of a Contact; user, host and port they keep. */
	#isPresent(uri: string): boolean {
		const own = this.#flow.identity?.contactUri;
		return own !== undefined && (uri === own || uri.startsWith(`${own};`));
	}

	/** `exchange`: undefined where the name did not resolve. */
	async #fail(attempt: Attempt<L>, exchange: Exchange | undefined): Promise<Next> {
		if (exchange?.kind === 'aborted') return 'stop';
		const { now, onNews } = this.#deps;
		this.#registeredAt = undefined;
		const local = await this.#localTrouble(exchange);
		const response =
			exchange !== undefined && 'response' in exchange ? exchange.response : undefined;
		const words = exchange === undefined ? 'the name did not resolve' : endWords(exchange);
		if (isForbidden(exchange, this.#authentication)) this.#forbidden += 1;
		const why = whyGiveUp(exchange, this.#authentication, this.#forbidden);
		const asked = response === undefined ? undefined : readRetryAfter(response);
		const retryAfter = asked?.ok === true ? asked.value.seconds : undefined;
		const inMs = this.#retries.failed(exchange, retryAfter, this.#flow.count);
		this.#throwIfOffline(local);
		this.#flow.recordEnd(attempt.recorder);
		onNews({
			...{ kind: 'failed', since: attempt.since, at: now(), words },
			status: response?.statusCode,
			retryInMs: why === undefined ? inMs : undefined,
			local,
			failure: exchange?.kind === 'failed' ? exchange.failure : undefined,
			remote: exchange === undefined ? undefined : this.#flow.server?.remote,
			...{ log: attempt.log, facts: attempt.recorder.facts() },
			...{ records: attempt.recorder.records, before: this.#lastGood },
		});
		if (why !== undefined) return this.#giveUp(why, words);
		// RFC 5626 §4.2.1: a flow over which a REGISTER failed is not trusted any more.
		await this.#flow.close();
		return { inMs, isRegistered: false };
	}

	/** Who begins on a machine without a network is told so; what happens to it later is a loss. */
	#throwIfOffline(local: LocalTrouble | undefined): void {
		if (local === undefined) this.#isOnline = true;
		if (local === undefined || this.#isOnline || !this.#retries.isRoundOver) return;
		const remote = this.#flow.server?.remote;
		if (local.kind === 'no-network' || remote === undefined) throw noNetwork();
		if (local.kind === 'no-way')
			throw noRoute([`${formatEndpoint(remote)}: no way there (${local.errno})`]);
	}

	#giveUp(why: GaveUp, words: string): 'stop' {
		const { now, onNews } = this.#deps;
		onNews({ kind: 'gave-up', at: now(), why, words });
		if (why === 'credentials-refused' && this.#maybeBound) {
			// A removal would be the third time.
			this.#maybeBound = false;
			const left =
				'the own binding was not removed, as the credentials are refused; it ends by itself';
			onNews({ kind: 'removed', at: now(), isSure: false, words: left });
		}
		return 'stop';
	}

	#loseFlow(loss: FlowLoss): void {
		const since = this.#registeredAt;
		const server = this.#flow.server;
		if (since === undefined || server === undefined) return;
		const at = this.#deps.now();
		this.#retries.flowLost(elapsedMs(since, at));
		this.#registeredAt = undefined;
		void this.#localTrouble(loss)
			.then((local) => {
				const { onNews } = this.#deps;
				if (!this.#deps.signal.aborted)
					onNews({ kind: 'flow-lost', at, registeredAt: since, loss, local, ...server });
				return this.#flow.close();
			})
			.then(() => this.#wake('lost'));
	}

	#localTrouble(trouble: Exchange | FlowLoss | undefined): Promise<LocalTrouble | undefined> {
		const { hasNetwork, sourceTowards } = this.#deps;
		const remote = this.#flow.server?.remote;
		const local = this.#flow.transport?.local;
		return localTrouble(trouble, { remote, local, hasNetwork, sourceTowards });
	}

	#pause(ms: number): Promise<Awake> {
		if (this.#deps.signal.aborted) return Promise.resolve('interrupted');
		return new Promise((resolve) => {
			const end = (why: Awake): void => {
				cancel();
				this.#wake = () => undefined;
				resolve(why);
			};
			const cancel = this.#deps.timers.after(ms, () => end('due'));
			this.#wake = end;
		});
	}

	async #remove(): Promise<void> {
		const { newLog, now, onNews, timers } = this.#deps;
		const { server } = this.#flow;
		if (server === undefined) return;
		const session = this.#newSession(new ProbeRecorder(newLog(), now), server);
		const own = this.#flow.identity?.contact;
		const contacts = own === undefined ? [] : [own, ...this.#former];
		const removed = await removeOwn(session, contacts, timers);
		onNews({ kind: 'removed', at: now(), ...removed });
	}

	#newAuthentication(): Authentication {
		const { authUser, secret, algorithm, registering } = this.#options;
		const { userName } = this.#target;
		return newAuthentication({
			...{ userName, authUser, secret, algorithm, registering },
			newCnonce: () => this.#token(8),
			spoken: () => this.#flow.transport?.name,
		});
	}

	#token(length: number): string {
		return Buffer.from(this.#deps.randomBytes(length)).toString('hex');
	}
}

/** The bindings of a 2xx, where the own one is among them or none is listed at all; else undefined. */
function listedIn(
	bound: Exchange,
	session: RegisterSession,
): ReturnType<typeof bindingsIn> | undefined {
	if (bound.kind !== 'answered' || !isSuccess(bound.response)) return undefined;
	const listed = bindingsIn(bound.response, session);
	return listed.length === 0 || listed.some(({ own }) => own) ? listed : undefined;
}
