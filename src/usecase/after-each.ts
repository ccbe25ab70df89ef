/** The chunks, with something done behind each: the consumer has worked on one when it asks for the next. */
export async function* afterEach(
	chunks: AsyncIterable<Uint8Array>,
	action: () => void,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		yield chunk;
		action();
	}
}
