/* The template of an exchange that was told: made once for each form, and shared by all phones whose exchanges have it. */
import { type FreshValue, freshValuesIn } from '../sip/fresh-values.js';
import {
	type DigestVerifier,
	ExchangeTemplate,
	type MessageTemplate,
	type ToldFrame,
	type ValueTemplate,
} from './exchange-template.js';
import { HeldExchange, MAX_VALUES } from './held-exchange.js';
import { NONE } from './placed-values.js';
import type { Recogniser } from './recogniser.js';

/** A site has as many as it has models of phones. */
const MAX_TEMPLATES = 1_000;

export interface TemplatedExchange {
	readonly template: ExchangeTemplate;
	/** The exchange, as others are held against it. */
	readonly exchange: HeldExchange;
}

export class TemplateTable {
	/** By what the values of an exchange are and which are the same; undefined for a form that is out of the ordinary. */
	readonly #known = new Map<string, ExchangeTemplate | undefined>();
	readonly #recogniser: Recogniser;

	constructor(recogniser: Recogniser) {
		this.#recogniser = recogniser;
	}

	/**
	 * The template of an exchange; undefined where something in it is out of the ordinary, so that no other is let go for
	 * being like it.
	 */
	of(
		told: readonly ToldFrame[],
		verifies: DigestVerifier | undefined,
	): TemplatedExchange | undefined {
		const { code } = this.#recogniser;
		const found = told.map(({ copy }) =>
			freshValuesIn(this.#recogniser.text(code.copyStartOf(copy), code.copyEndOf(copy))),
		);
		// `flat` takes ten times as long.
		const values = ([] as FreshValue[]).concat(...found);
		const exchange = this.#held(told, values.length, found);
		if (exchange === undefined) return undefined;
		const template = this.#template(told, found, values, this.#firstLikeEach(values, exchange));
		if (template?.isOrdinary(exchange, verifies) === true) return { template, exchange };
		exchange.free();
		return undefined;
	}

	#template(
		told: readonly ToldFrame[],
		found: readonly (readonly FreshValue[])[],
		values: readonly FreshValue[],
		same: readonly number[],
	): ExchangeTemplate | undefined {
		const form = formOf(told, found, same);
		const known = this.#known.get(form);
		if (known !== undefined || this.#known.has(form)) return known;
		if (this.#known.size >= MAX_TEMPLATES) return undefined;
		const messages = messageTemplates(told, found);
		const template =
			messages && new ExchangeTemplate(this.#recogniser, messages, valueTemplates(values, same));
		this.#known.set(form, template);
		return template;
	}

	/** Of each value the first of its kind that it equals; -1 where it is new. */
	#firstLikeEach(values: readonly FreshValue[], { at }: HeldExchange): readonly number[] {
		const { code } = this.#recogniser;
		const same: number[] = [];
		for (const [number, { kind }] of values.entries()) {
			let first = 0;
			while (first < number) {
				const isNew = values[first]?.kind === kind && same[first] === NONE;
				if (isNew && code.isSameValue(at, number, at, first) !== 0) break;
				first += 1;
			}
			same.push(first === number ? NONE : first);
		}
		return same;
	}

	/** A copy of the frames with the places of their values. */
	#held(
		told: readonly ToldFrame[],
		values: number,
		found: readonly (readonly FreshValue[])[],
	): HeldExchange | undefined {
		const { code } = this.#recogniser;
		const size = told.reduce((sum, { copy }) => sum + code.copySizeOf(copy), 0);
		if (values > MAX_VALUES) return undefined;
		const exchange = HeldExchange.make(this.#recogniser, size, told.length, values);
		let number = 0;
		for (const [index, message] of told.entries()) {
			if (!exchange.add(message)) {
				exchange.free();
				return undefined;
			}
			const payload = exchange.payload(index);
			for (const { start, end } of found[index] ?? []) {
				exchange.setValue(number, payload + start, payload + end);
				number += 1;
			}
		}
		return exchange;
	}
}

function formOf(
	told: readonly ToldFrame[],
	found: readonly (readonly FreshValue[])[],
	same: readonly number[],
): string {
	let form = '';
	let number = 0;
	for (const [index, { isRequest }] of told.entries()) {
		form += isRequest ? 'request' : 'response';
		for (const { kind, ends } of found[index] ?? []) {
			form += ` ${kind} ${ends} ${same[number] ?? NONE}`;
			number += 1;
		}
	}
	return form;
}

/** Undefined where a value that is there once stands in a message twice. */
function messageTemplates(
	told: readonly ToldFrame[],
	found: readonly (readonly FreshValue[])[],
): readonly MessageTemplate[] | undefined {
	const messages: MessageTemplate[] = [];
	let from = 0;
	for (const [index, { isRequest }] of told.entries()) {
		const values = found[index] ?? [];
		const kinds = values.map(({ kind }) => kind);
		const isSeveral = (kind: string) => kinds.indexOf(kind) !== kinds.lastIndexOf(kind);
		// A server may give several challenges; their nonces are held against each other like all values.
		if ((isRequest ? SINGLE : SINGLE_IN_RESPONSES).some(isSeveral)) return undefined;
		const numberOf = (kind: string): number => {
			const at = kinds.indexOf(kind);
			return at < 0 ? NONE : from + at;
		};
		messages.push({
			isRequest,
			...{ from, to: from + values.length },
			callId: numberOf('call-id'),
			cseq: numberOf('cseq'),
			nonce: numberOf('nonce'),
			nc: numberOf('nc'),
			cnonce: numberOf('cnonce'),
			response: numberOf('response'),
		});
		from += values.length;
	}
	return messages;
}

const SINGLE_IN_RESPONSES = ['call-id', 'cseq'];
const SINGLE = [...SINGLE_IN_RESPONSES, 'nonce', 'nc', 'cnonce', 'response'];

function valueTemplates(
	values: readonly FreshValue[],
	same: readonly number[],
): readonly ValueTemplate[] {
	return values.map(({ kind, ends }, number) => {
		const first = same[number] ?? NONE;
		const isRival = (other: number): boolean =>
			other < number && values[other]?.kind === kind && same[other] === NONE;
		return {
			...{ ends, same: first },
			isEcho: values[first]?.ends === ends,
			others: first === NONE ? [...values.keys()].filter(isRival) : [],
		};
	});
}
