/*
 * What a source asked the DNS, as far as it may be about SIP: the questions for services, and for addresses one of each
 * kind, as a busy network asks for the same names all day.
 */
import { domainOf, isAddressQuestion } from '../registration/lookups.js';
import type { DnsEvent } from '../trace/observed.js';

/** Of each of the two kinds, so that web pages push out no SRV. */
const MAX_KEPT = 4_096;

export class LookupLog {
	readonly #services = new Map<string, DnsEvent>();
	readonly #addresses = new Map<string, DnsEvent>();
	#dropped = 0;

	/** Questions that were not kept because there were too many. */
	get dropped(): number {
		return this.#dropped;
	}

	add(event: DnsEvent): void {
		if (isAddressQuestion(event)) this.#keep(this.#addresses, event);
		else if (domainOf(event) !== undefined) this.#keep(this.#services, event);
	}

	/** In order of time. */
	list(): readonly DnsEvent[] {
		return [...this.#services.values(), ...this.#addresses.values()].toSorted(
			(a, b) => a.at - b.at || a.frame - b.frame,
		);
	}

	/**
	 * The first of its kind is kept: it is the one that came before the first REGISTER. Careful resolvers repeat an
	 * unanswered question from another port and with another id; to the phone it is the same one.
	 */
	#keep(kept: Map<string, DnsEvent>, event: DnsEvent): void {
		const { src, dst, type, name, outcome, answers } = event;
		const data = answers.map((answer) => answer.data).toSorted();
		const key = [src.address, dst.address, type, name, outcome, ...data].join(' ');
		const known = kept.get(key);
		if (known?.outcome === 'unanswered')
			kept.set(key, { ...known, copies: known.copies + event.copies });
		if (known !== undefined) return;
		if (kept.size >= MAX_KEPT) this.#dropped += 1;
		else kept.set(key, event);
	}
}
