/*
 * The REGISTER transactions of one source, kept as far as they say anything new: a phone that refreshes as it always
 * did, or is refused as it always was, is counted and let go, so that memory does not grow with the capture. Of every
 * kind of attempt the latest is kept.
 */
import {
	type Before,
	coarseShapeOf,
	type DigestKind,
	followingAfter,
	followingOf,
	type Run,
} from './attempt-shape.js';
import { boundFor } from './binding.js';
import { isEnding, isEndOfAttempt } from './group.js';
import { type Kept, KeptAttempts, keptLike, Shape } from './kept-attempts.js';
import type { RegisterTransaction } from './registration.js';
import { isHastyAfter } from './retry-storm.js';

/** A phone that is challenged for ever makes one attempt without end; it is told in parts of this many transactions. */
const MAX_RUN = 64;
/** Dialogues of one address-of-record; beyond it a phone takes a new Call-ID for each REGISTER. */
const MAX_DIALOGUES = 8;

const MAX_FORMER_CLIENTS = 1_000_000;

/** The last attempt of a dialogue, which is over: others like it need not be added one by one. */
export interface LastAttempt {
	readonly run: Run;
	/** Whether one like it that begins so many ms after the one before adds nothing. */
	follows(pauseMs: number): boolean;
	/** How many of those like it are to be kept: the last ones in a row. */
	readonly kept: number;
	/** Adds one like it, before which `letGo` others were let go. */
	repeat(run: Run, letGo: number): void;
}

interface Dialogue {
	/** The attempt that is going on. */
	run: [RegisterTransaction, ...RegisterTransaction[]] | undefined;
	/** The end of the attempt before. */
	before: Before | undefined;
	readonly attempts: KeptAttempts;
}

/** All that was said of one address-of-record. */
export interface AorLog {
	readonly dialogues: Map<string, Dialogue>;
	/** The attempts of Call-IDs that were not used again. */
	readonly retired: KeptAttempts;
}

export interface TakenOut {
	/** Number of addresses-of-record. */
	readonly count: number;
	readonly transactions: readonly RegisterTransaction[];
}

/** What tells the dialogues of a source from each other; `to` as written. */
export interface DialogueKey {
	readonly source: string;
	readonly to: string;
	readonly callId: string;
	/** The phone's. */
	readonly address: string;
}

export class AttemptLog {
	readonly #aors = new Map<string, AorLog>();
	readonly #formerClients = new Set<string>();
	readonly #checked: DigestKind;

	/** `checked` says what a transaction's digest is against the accounts. */
	constructor(checked: DigestKind) {
		this.#checked = checked;
	}

	/** Number of addresses-of-record. */
	get size(): number {
		return this.#aors.size;
	}

	/** Takes the next transaction, in order of time. */
	add(transaction: RegisterTransaction): void {
		const { request, callId, to } = transaction.phone;
		const address = request.src.address;
		const dialogue = this.#dialogueOf({ source: request.source, to, callId, address });
		const { run } = dialogue;
		if (run !== undefined && isEndOfAttempt(lastIn(run), transaction)) this.#end(dialogue, run);
		if (dialogue.run === undefined) dialogue.run = [transaction];
		else dialogue.run.push(transaction);
		if (isEnding(transaction) || dialogue.run.length >= MAX_RUN) this.#end(dialogue, dialogue.run);
	}

	/** The attempt that was added last of a Call-ID; undefined where none was, or where another is going on. */
	lastOf(key: DialogueKey): LastAttempt | undefined {
		const dialogue = this.#aors.get(aorKey(key))?.dialogues.get(dialogueKey(key));
		const last = dialogue?.attempts.last();
		if (dialogue === undefined || dialogue.run !== undefined || last === undefined)
			return undefined;
		return {
			run: last.run,
			kept: keptLike(last),
			follows: (pauseMs) => followingAfter(pauseMs, last.granted) === last.following,
			repeat: (run, letGo) => {
				// It may have had to make room for others by now.
				const own = this.#dialogueOf(key);
				last.shape.isAlsoOf(run);
				own.attempts.add({ ...last, run, repeated: letGo });
				own.before = { transaction: lastIn(run), granted: last.granted };
			},
		};
	}

	/**
	 * Takes out `count` addresses-of-record, so that others find room: of the phones that are registered those known
	 * longest, then of the others, and only then those that are asked for.
	 */
	takeOut(count: number, isAsked: (transaction: RegisterTransaction) => boolean): TakenOut {
		const taken: AorLog[] = [];
		const take = (isTaken: (log: AorLog) => boolean): void => {
			for (const [key, log] of this.#aors) {
				if (taken.length >= count) return;
				if (!isTaken(log)) continue;
				this.#aors.delete(key);
				taken.push(log);
			}
		};
		const isSpared = (log: AorLog) => transactionsOf(log).some(isAsked);
		take((log) => isRegistered(log) && !isSpared(log));
		take((log) => !isSpared(log));
		take(() => true);
		const transactions = taken.flatMap(transactionsOf);
		for (const { hops } of transactions)
			for (const { client } of hops) this.#noteClient(client.address);
		return { count: taken.length, transactions };
	}

	/** Addresses of phones that were taken out. */
	get formerClients(): ReadonlySet<string> {
		return this.#formerClients;
	}

	#noteClient(address: string): void {
		if (this.#formerClients.size < MAX_FORMER_CLIENTS) this.#formerClients.add(address);
	}

	/** Those that are kept, of all addresses-of-record. */
	transactions(): readonly RegisterTransaction[] {
		return [...this.#aors.values()].flatMap(transactionsOf);
	}

	#dialogueOf(key: DialogueKey): Dialogue {
		return this.#dialogue(this.#aorLog(aorKey(key)), dialogueKey(key));
	}

	#aorLog(key: string): AorLog {
		const known = this.#aors.get(key);
		if (known !== undefined) return known;
		const log = { dialogues: new Map(), retired: new KeptAttempts() };
		this.#aors.set(key, log);
		return log;
	}

	#dialogue(aor: AorLog, key: string): Dialogue {
		const known = aor.dialogues.get(key);
		if (known !== undefined) return known;
		const dialogue = { run: undefined, before: undefined, attempts: new KeptAttempts() };
		aor.dialogues.set(key, dialogue);
		if (aor.dialogues.size > MAX_DIALOGUES) this.#retireOldest(aor);
		return dialogue;
	}

	#retireOldest({ dialogues, retired }: AorLog): void {
		for (const [key, { attempts, run, before }] of dialogues) {
			for (const kept of attempts.list()) retired.add(kept);
			if (run !== undefined) this.#keep(retired, run, before);
			dialogues.delete(key);
			return;
		}
	}

	#end(dialogue: Dialogue, run: Run): void {
		const { granted } = this.#keep(dialogue.attempts, run, dialogue.before);
		dialogue.before = { transaction: lastIn(run), granted };
		dialogue.run = undefined;
	}

	#keep(attempts: KeptAttempts, run: Run, before: Before | undefined): Kept {
		const following = followingOf(before, run[0]);
		const shape = new Shape(run, following, this.#checked);
		const alike = attempts.like(shape);
		// Those of one shape were granted the same: the answer is read once.
		const granted = alike === undefined ? grantedExpires(lastIn(run)) : alike.granted;
		const isAccepted = isSuccess(lastIn(run));
		const coarse = coarseShapeOf(run);
		const isHasty = !isAccepted && before !== undefined && isHastyAfter(before.transaction, run[0]);
		const kept = { run, shape, coarse, isAccepted, granted, following, isHasty, repeated: 0 };
		attempts.add(kept);
		return kept;
	}
}

function aorKey({ source, to }: DialogueKey): string {
	return `${source}|${to}`;
}

function dialogueKey({ callId, address }: DialogueKey): string {
	return `${callId}|${address}`;
}

function transactionsOf({ dialogues, retired }: AorLog): readonly RegisterTransaction[] {
	const transactions: RegisterTransaction[] = [];
	for (const kept of retired.list()) transactions.push(...marked(kept));
	for (const { run, attempts } of dialogues.values()) {
		for (const kept of attempts.list()) transactions.push(...marked(kept));
		transactions.push(...(run ?? []));
	}
	return transactions;
}

/** Each of its devices was accepted the last time that it asked. */
function isRegistered({ dialogues }: AorLog): boolean {
	for (const { run, attempts } of dialogues.values())
		if (run !== undefined || attempts.last()?.isAccepted !== true) return false;
	return true;
}

/** The transactions of an attempt, the first of which says how many attempts like it came before. */
function marked({ run, repeated }: Kept): readonly RegisterTransaction[] {
	return repeated === 0 ? run : [{ ...run[0], repeated }, ...run.slice(1)];
}

function isSuccess({ phone: { final } }: RegisterTransaction): boolean {
	return final !== undefined && final.message.statusCode < 300;
}

function grantedExpires(transaction: RegisterTransaction): number | undefined {
	const { request, final } = transaction.phone;
	if (final === undefined || !isSuccess(transaction)) return undefined;
	return boundFor(request.message, final.message);
}

function lastIn(run: Run): RegisterTransaction {
	return run.at(-1) ?? run[0];
}
