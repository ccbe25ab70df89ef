/* A report of many megabytes is written while it is made, and never whole in memory. */

/** Characters that are written at one time. */
const BATCH = 65_536;

/** Prints a report and a line break; over early where nobody reads it any more, of which the stream tells, too. */
export async function printReport(
	pieces: Iterable<string>,
	stream: NodeJS.WritableStream = process.stdout,
): Promise<void> {
	for (const text of inBatches(pieces)) if (!(await isWritten(stream, text))) return;
}

function isWritten(stream: NodeJS.WritableStream, text: string): Promise<boolean> {
	return new Promise((resolve) => {
		stream.write(text, (error) => {
			resolve(error == null);
		});
	});
}

/** The text of all pieces in larger ones, and a line break behind it. */
export function* inBatches(pieces: Iterable<string>): Generator<string> {
	let text = '';
	for (const piece of pieces) {
		text += piece;
		if (text.length < BATCH) continue;
		yield text;
		text = '';
	}
	yield `${text}\n`;
}
