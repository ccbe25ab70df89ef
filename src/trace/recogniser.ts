/*
 * Messages known by their bytes (assembly/index.ts): its memory, and what it says of a frame. Most of a large capture is
 * looked at there and nowhere else, at a tenth of the price of a message that is read.
 */
import { asBuffer } from '../bytes/as-buffer.js';
import type { RawFrame, RecordForm, RecordRow } from '../capture/frame-reader.js';
import { isEnd } from '../sip/skeleton.js';
import { RECOGNISER_CODE } from './recogniser-code.js';

/** An address in its memory; 0 is none. */
export type Address = number;

export const NO_ADDRESS: Address = 0;

/** What is said of a frame. */
export const Said = {
	/** Nothing that is known here: it is to be told. */
	notOurs: 0,
	/** It is what its exchange has next, and is held. */
	held: 1,
	/** It is held, and its exchange is complete. */
	complete: 2,
	/** A REGISTER that is not held. */
	request: 3,
	/** A response, on a flow of REGISTERs, that is not held. */
	response: 4,
} as const;

/** What assembly/index.ts gives; its docstrings hold. Booleans are 0 and 1. */
interface Code {
	readonly memory: WebAssembly.Memory;
	readonly separators: WebAssembly.Global;
	readonly notedTimes: WebAssembly.Global;
	take(
		linkType: number,
		interfaceId: number,
		start: Address,
		end: Address,
		number: number,
		at: number,
	): number;
	setRecordForm(
		isPcapng: number,
		isLittleEndian: number,
		blockInterface: number,
		limit: number,
		unitsPerMicrosecond: number,
		offset: number,
	): void;
	takeRow(
		linkType: number,
		interfaceId: number,
		start: Address,
		end: Address,
		number: number,
		lastAt: number,
	): number;
	rowAt(): Address;
	rowNumber(): number;
	rowLastAt(): number;
	hold(): number;
	begin(): Address;
	seen(): void;
	expect(flow: Address, template: Address, before: Address, digests: Address, most: number): void;
	noteAs(flow: Address, as: number): void;
	notedBytes(): number;
	clearNoted(): void;
	keep(flow: Address): void;
	heldOf(flow: Address): number;
	oldestOf(flow: Address): Address;
	nextOf(exchange: Address): Address;
	beforeOf(flow: Address): Address;
	letGoOf(flow: Address): number;
	expectPause(flow: Address, pause: number): void;
	currentOf(flow: Address): Address;
	leaveRoom(template: Address, free: Address): void;
	newDigests(): Address;
	setDigest(
		digests: Address,
		message: number,
		isRight: number,
		hasCount: number,
		before: number,
		behind: number,
	): Address;
	freeDigests(digests: Address): void;
	copy(): Address;
	sizeOf(): number;
	freeCopy(copy: Address): void;
	addCopy(exchange: Address, copy: Address): number;
	copySizeOf(copy: Address): number;
	copyStartOf(copy: Address): Address;
	copyEndOf(copy: Address): Address;
	copyNumberOf(copy: Address): number;
	flowOf(): number;
	pauseOf(): number;
	payloadOf(): Address;
	payloadEndOf(): Address;
	newRun(size: number): Address;
	freeRun(run: Address): void;
	newExchange(size: number, messages: number, values: number): Address;
	freeExchange(exchange: Address): void;
	countOf(exchange: Address): number;
	frameNumberOf(exchange: Address, message: number): number;
	timeOf(exchange: Address, message: number): number;
	frameStartOf(exchange: Address, message: number): Address;
	frameEndOf(exchange: Address, message: number): Address;
	messageStartOf(exchange: Address, message: number): Address;
	linkTypeOf(exchange: Address, message: number): number;
	interfaceOf(exchange: Address, message: number): number;
	setValue(exchange: Address, value: number, start: Address, end: Address): void;
	startOf(exchange: Address, value: number): Address;
	endOf(exchange: Address, value: number): Address;
	isSameValue(a: Address, valueA: number, b: Address, valueB: number): number;
	numberAt(exchange: Address, value: number, radix: number): number;
	newTemplate(messages: number, values: number, lastRequest: number, lastDigest: number): Address;
	setStep(
		template: Address,
		message: number,
		isRequest: number,
		from: number,
		to: number,
		callId: number,
		cseq: number,
		nonce: number,
		nc: number,
		cnonce: number,
		response: number,
		asked: number,
		after: number,
	): void;
	setForm(
		template: Address,
		value: number,
		end: number,
		same: number,
		isEcho: number,
		others: number,
	): Address;
	setOther(at: Address, index: number, value: number): void;
	isInTime(template: Address, message: number, exchange: Address): number;
}

/** Whether the digest of a message of an exchange in a flow is to the accounts what it was before. */
export type MessageVerifier = (flow: number, message: number, exchange: Address) => boolean;

/** Compiled once. */
let module: WebAssembly.Module | undefined;

/** One capture's. */
export class Recogniser {
	readonly code: Code;
	#bytes: Uint8Array;
	/** The part of the capture that its memory has a copy of. */
	#run: Uint8Array | undefined;
	#runAt: Address = 0;
	#runRoom = 0;
	/** Of the records that were looked at last. */
	#form: RecordForm | undefined;

	constructor(verifies: MessageVerifier) {
		module ??= new WebAssembly.Module(Buffer.from(RECOGNISER_CODE, 'base64'));
		const { exports } = new WebAssembly.Instance(module, {
			index: { verifies },
			env: { abort },
		});
		// V8 looks up what an instance exports by name at every call.
		this.code = { ...(exports as unknown as Code) };
		this.#bytes = new Uint8Array(this.code.memory.buffer);
		const separators = Number(this.code.separators.value);
		for (let byte = 0; byte < 256; byte += 1) this.bytes[separators + byte] = isEnd(byte) ? 1 : 0;
	}

	/** All of its memory; good until room is asked for. */
	get bytes(): Uint8Array {
		// Where the memory grew the bytes are elsewhere.
		if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.code.memory.buffer);
		return this.#bytes;
	}

	/** Looks at a frame, and holds it where it can: one of `Said`. */
	take(frame: RawFrame): number {
		if (frame.bytes !== this.#run) this.#load(frame.bytes);
		const shift = this.#runAt;
		return this.code.take(
			frame.linkType,
			frame.interfaceId,
			shift + frame.start,
			shift + frame.end,
			frame.number,
			frame.at,
		);
	}

	/**
	 * Holds records as long as it can, and goes on to the next: `Said.complete` where the last of them made an exchange
	 * complete, after which there may be more.
	 */
	takeRow(row: RecordRow): number {
		const { bytes, form } = row;
		if (bytes !== this.#run) this.#load(bytes);
		const shift = this.#runAt;
		const { code } = this;
		if (form !== this.#form) this.#readForm(form);
		const { linkType, interfaceId } = form;
		const [start, end] = [shift + row.at, shift + bytes.length];
		const said = code.takeRow(linkType, interfaceId, start, end, row.number, row.lastAt);
		row.at = code.rowAt() - shift;
		row.number = code.rowNumber();
		row.lastAt = code.rowLastAt();
		return said;
	}

	#readForm(form: RecordForm): void {
		const { format, isLittleEndian, blockInterface, limit, unitsPerMicrosecond, offset } = form;
		this.#form = form;
		this.code.setRecordForm(
			Number(format === 'pcapng'),
			Number(isLittleEndian),
			blockInterface,
			limit,
			unitsPerMicrosecond,
			offset,
		);
	}

	/** What lies between two addresses, as Latin-1. */
	text(start: Address, end: Address): string {
		return asBuffer(this.bytes).toString('latin1', start, end);
	}

	/** Writes a text in Latin-1. */
	write(text: string, at: Address): void {
		const { bytes } = this;
		for (let index = 0; index < text.length; index += 1) bytes[at + index] = text.charCodeAt(index);
	}

	/** Where the message lies in the bytes of the frame that was looked at last. */
	place(): PayloadPlace {
		const { code } = this;
		return {
			payload: code.payloadOf() - this.#runAt,
			end: code.payloadEndOf() - this.#runAt,
		};
	}

	#load(run: Uint8Array): void {
		if (run.length > this.#runRoom) {
			if (this.#runAt !== 0) this.code.freeRun(this.#runAt);
			this.#runAt = this.code.newRun(run.length);
			this.#runRoom = run.length;
		}
		this.bytes.set(run, this.#runAt);
		this.#run = run;
	}
}

/** Offsets of a SIP message in the bytes of its frame. */
export interface PayloadPlace {
	readonly payload: number;
	/** Behind the message. */
	readonly end: number;
}

/** What AssemblyScript's runtime calls where a check of its own fails. */
function abort(): never {
	throw new RangeError('the recogniser has no memory left, or was given some back twice');
}
