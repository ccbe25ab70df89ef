/*
 * What gives a scanner or a guesser of passwords away (knowledge of real ones: friendly-scanner and its like name
 * themselves; others call themselves a Cisco, and bind names at the server's own address).
 */
import { isIpAddress, isPrivateAddress } from '../net/address.js';
import type { Instant } from '../time/instant.js';
import type { RegisterTransaction } from './registration.js';

/**
 * `tool`: it names itself. `enumeration`: address-of-record after address-of-record. `guessing`: password after
 * password.
 */
export type ScannerKind = 'tool' | 'enumeration' | 'guessing';

/** A frame to point at; the message itself is let go. */
export interface SeenFrame {
	readonly source: string;
	readonly frame: number;
	readonly at: Instant;
}

/** A 2xx, and the user that it was for. */
export interface AcceptedGuess extends SeenFrame {
	readonly name: string;
}

/** One address that tried its luck, with one User-Agent. */
export interface ScannerSource {
	readonly address: string;
	/** undefined: it names none, or another one each time. */
	readonly userAgent: string | undefined;
	readonly kind: ScannerKind;
	/** What gave it away, as the end of a sentence. */
	readonly because: string;
	/** The first server that it asked, and over what. */
	readonly server: string;
	/** REGISTER requests, copies included. */
	readonly registers: number;
	/** Method → how many requests of it, other than REGISTER: OPTIONS to find servers, INVITE to call through them. */
	readonly others: ReadonlyMap<string, number>;
	/** Different addresses-of-record; `atLeast` where they were not counted to the end. */
	readonly aors: { readonly count: number; readonly atLeast: boolean };
	/** The users of the first of them. */
	readonly names: readonly string[];
	readonly withCredentials: number;
	/** Final status → how often. */
	readonly statuses: ReadonlyMap<number, number>;
	readonly first: SeenFrame;
	readonly last: SeenFrame;
	/** The first 2xx, where a guess was right. */
	readonly accepted: AcceptedGuess | undefined;
}

/** Scanners that are listed, and those for which there was no room. */
export interface ScannerTraffic {
	/** The busiest first. */
	readonly sources: readonly ScannerSource[];
	readonly others: {
		readonly sources: number;
		readonly registers: number;
		/** Of requests other than REGISTER. */
		readonly requests: number;
	};
}

export const NO_SCANNERS: ScannerTraffic = {
	sources: [],
	others: { sources: 0, registers: 0, requests: 0 },
};

/** Tools that have no honest use against a registrar of others. */
const ATTACK_TOOL =
	/friendly-(?:scanner|request)|sipvicious|sundayddr|pplsip|sip-?scan|sivus|siparmyknife/i;

/** Tools and kits that honest phones and testers use as well. */
const DOUBTFUL_TOOL = /^(?:sipcli|vaxsipuseragent|vaxipuseragent)/i;

export function isAttackTool(userAgent: string | undefined): boolean {
	return userAgent !== undefined && ATTACK_TOOL.test(userAgent);
}

/** Whether a request of any method names such a tool: in User-Agent, or as sipvicious does in From. */
export function isOfAttackTool(wire: string): boolean {
	return /\n(?:from|f)[ \t]*:[ \t]*"?sipvicious\b/i.test(wire) || isAttackTool(userAgentIn(wire));
}

export function isDoubtfulTool(userAgent: string | undefined): boolean {
	return userAgent !== undefined && DOUBTFUL_TOOL.test(userAgent);
}

/** The User-Agent of a REGISTER as written, found without reading the other fields. */
export function userAgentIn(wire: string): string | undefined {
	return /\nuser-agent[ \t]*:[ \t]*([^\r\n]*)/i.exec(wire)?.[1];
}

/** The user of a To value, where there is one. */
export function userIn(to: string): string {
	return /sips?:([^@;>]*)@/i.exec(to.slice(0, MAX_READ))?.[1] ?? to;
}

/** Of a value only so much is looked at: what is written to be slow to read is no phone's. */
const MAX_READ = 512;
const MAX_CREDENTIALS = 4_096;

/** Host of the first Contact as written; a scanner has no place of its own to be called at. */
export function contactHostIn(wire: string): string | undefined {
	const line = /\n(?:contact|m)[ \t]*:([^\r\n]*)/i.exec(wire)?.[1]?.slice(0, MAX_READ) ?? '';
	return /sips?:(?:[^@>;]*@)?(\[[^\]]*\]|[^:;>\s]+)/i.exec(line)?.[1];
}

/** No phone is bound at the address of the registrar, unless it is the same machine. */
export function isBoundAtServer({ phone }: RegisterTransaction, host: string | undefined): boolean {
	const { client, server } = phone;
	const address = host?.replace(/^\[|\]$/g, '');
	return address === server.address && client.address !== server.address;
}

/** A public address that is neither the sender's nor the server's: calls there reach somebody else. */
export function isBoundElsewhere(
	{ phone }: RegisterTransaction,
	host: string | undefined,
): boolean {
	const { client, server } = phone;
	// What most phones say first: to look at it costs nothing.
	if (host === undefined || host === client.address) return false;
	const address = host.replace(/^\[|\]$/g, '');
	if (!isIpAddress(address) || isPrivateAddress(address)) return false;
	if (isPrivateAddress(client.address)) return false;
	return address !== client.address && address !== server.address;
}

/** A proxy is not the one who asks: it passes on what others do. */
export function cameThroughProxy(wire: string): boolean {
	return (wire.match(/\n(?:via|v)[ \t]*:|,[ \t]*SIP\/2\.0\//gi) ?? []).length > 1;
}

/** What of Digest credentials is the guess, and what it is an answer to; undefined where there are none. */
export interface Guess {
	readonly username: string;
	/** Nonce, its count, the client's nonce, method and uri: the same again gives the same response, or the password changed. */
	readonly question: string;
	readonly response: string;
}

export function guessIn(wire: string): Guess | undefined {
	const written = /\n(?:proxy-)?authorization[ \t]*:[ \t]*digest ([^\r\n]*)/i.exec(wire)?.[1];
	if (written === undefined) return undefined;
	const line = written.slice(0, MAX_CREDENTIALS);
	const value = (pattern: RegExp) => pattern.exec(line)?.[1] ?? '';
	const response = value(RESPONSE);
	if (response === '') return undefined;
	const username = value(USERNAME);
	const question = [username, ...QUESTION.map(value)].join(' ');
	return { username, question, response };
}

const RESPONSE = parameter('response');
const USERNAME = parameter('username');
const QUESTION = ['realm', 'nonce', 'uri', 'nc', 'cnonce', 'qop', 'algorithm'].map(parameter);

function parameter(name: string): RegExp {
	return new RegExp(`(?:^|[ ,\\t])${name}[ \\t]*=[ \\t]*"?([^",]*)`, 'i');
}
