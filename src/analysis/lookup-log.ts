/*
 * What a source asked the DNS, as far as it may be about SIP: the questions for services, and for addresses one of each
 * kind, as a busy network asks for the same names all day.
 */
import { domainOf, hostsNamedBy, isAddressQuestion } from '../registration/lookups.js';
import type { DnsEvent } from '../trace/observed.js';

/** Of what is surely about SIP, and of other addresses: web pages push out no phone. */
const MAX_KEPT = 4_096;

export class LookupLog {
	/** Services, and the addresses of what they name. */
	readonly #services = new Map<string, DnsEvent>();
	readonly #addresses = new Map<string, DnsEvent>();
	/** Domains and hosts of the services that are kept. */
	readonly #names = new Set<string>();
	#dropped = 0;

	/** Questions that were not kept because there were too many. */
	get dropped(): number {
		return this.#dropped;
	}

	add(event: DnsEvent): void {
		const domain = domainOf(event);
		if (domain !== undefined) {
			if (!this.#keep(this.#services, event)) return;
			for (const name of [domain, ...hostsNamedBy(event)]) this.#names.add(name);
		} else if (isAddressQuestion(event)) {
			this.#keep(this.#isNamed(event) ? this.#services : this.#addresses, event);
		}
	}

	/** In order of time. */
	list(): readonly DnsEvent[] {
		return [...this.#services.values(), ...this.#addresses.values()].toSorted(
			(a, b) => a.at - b.at || a.frame - b.frame,
		);
	}

	#isNamed({ name }: DnsEvent): boolean {
		return this.#names.has(name) || /^sips?\./.test(name);
	}

	/**
	 * Whether it was kept. The first of its kind is kept: it is the one that came before the first REGISTER. Careful resolvers repeat an
	 * unanswered question from another port and with another id; to the phone it is the same one.
	 */
	#keep(kept: Map<string, DnsEvent>, event: DnsEvent): boolean {
		const { src, dst, type, name, outcome, answers } = event;
		const data = answers.map((answer) => answer.data).toSorted();
		const key = [src.address, dst.address, type, name, outcome, ...data].join(' ');
		const known = kept.get(key);
		if (known?.outcome === 'unanswered')
			kept.set(key, { ...known, copies: known.copies + event.copies });
		if (known !== undefined) return false;
		if (kept.size >= MAX_KEPT) {
			this.#dropped += 1;
			return false;
		}
		kept.set(key, event);
		return true;
	}
}
