/* One number or name, written in several ways: what a registrar that compares byte by byte takes for two users. */

/** How `written` differs from `known` though both mean one user, in words; undefined where they are equal or two users. */
export function otherFormOf(written: string, known: string): string | undefined {
	if (written === known) return undefined;
	if (bare(written) === bare(known)) {
		if (written.trim() !== written || known.trim() !== known) return 'a blank at the end';
		return /[\s.()/-]/.test(written + known)
			? 'separators within the number'
			: 'upper and lower case';
	}
	const [one, other] = [national(bare(written)), national(bare(known))];
	return one !== undefined && one === other ? 'the prefix (+, 00 or 0) of the number' : undefined;
}

/** Signs that stand in a number for the eye alone (RFC 3966 §5.1.1 visual separators), and blanks. */
function bare(user: string): string {
	const text = user.trim().toLowerCase();
	return /^\+?[\d\s.()/-]+$/.test(text) ? text.replace(/[\s.()/-]/g, '') : text;
}

/** The digits without +, 00 or 0 in front; undefined where it is no telephone number. */
function national(user: string): string | undefined {
	return /^(?:\+|00|0)?([1-9]\d{5,14})$/.exec(user)?.[1];
}
