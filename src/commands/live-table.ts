/** A text that is drawn again in place: only on a terminal, and no more often than anybody can read. */
export interface LiveTable {
	/** `text` is made only where it is drawn. */
	draw(text: () => string): void;
	/** Writes lines that stay, above it. */
	above(lines: readonly string[]): void;
	/** Removes it. */
	end(): void;
}

const PAUSE_MS = 500;

/** `stream`: a terminal. */
export function liveTable(stream: NodeJS.WriteStream): LiveTable {
	let height = 0;
	let drawnAt = 0;
	const clear = (): void => {
		// Back to the first line of what was drawn, and nothing below it.
		if (height > 0) stream.write(`\u001b[${height}A\r\u001b[0J`);
		height = 0;
	};
	return {
		draw(text) {
			const now = performance.now();
			if (now - drawnAt < PAUSE_MS) return;
			drawnAt = now;
			const lines = text()
				.split('\n')
				.slice(0, Math.max(1, stream.rows - 1));
			clear();
			stream.write(`${lines.join('\n')}\n`);
			height = lines.length;
		},
		above(lines) {
			clear();
			stream.write(`${lines.join('\n')}\n`);
			drawnAt = Number.NEGATIVE_INFINITY;
		},
		end: clear,
	};
}
