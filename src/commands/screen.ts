/**
 * Whether a stream is a terminal that can be drawn on. A serial line or a container may be one that is 0 columns wide:
 * ora would remove lines from it without end.
 */
export function isScreen({
	isTTY,
	columns,
}: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): boolean {
	return isTTY && columns > 0;
}
