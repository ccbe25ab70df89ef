/** What the reflector answers, before it is put into a response: no Via, no dialogue, no size. */
export interface Reply {
	readonly statusCode: number;
	/** Absent: the phrase of the registry. */
	readonly reasonPhrase?: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	/** Goes to the port of Via although rport was asked for, and fills in no rport. */
	readonly toViaPort?: boolean;
	/** How often it is sent. */
	readonly copies?: number;
}

/** A reply of a status alone, with these header fields. */
export function reply(
	statusCode: number,
	headers: readonly (readonly [string, string])[] = [],
	reasonPhrase?: string,
): Reply {
	return { statusCode, headers, ...(reasonPhrase === undefined ? {} : { reasonPhrase }) };
}
