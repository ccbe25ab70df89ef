/**
 * Element → attributes that it must have, and may have: what GitLab, Jenkins (also the schema of its xUnit plugin) and the
 * reporters of GitHub actions read. `file` and `line` of a test case are read by GitLab and GitHub alone.
 */
const ELEMENTS: Readonly<Record<string, { must: readonly string[]; may: readonly string[] }>> = {
	testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'errors'] },
	testsuite: {
		must: ['name', 'tests', 'failures', 'errors'],
		may: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file'],
	},
	testcase: { must: ['name'], may: ['time', 'classname', 'file', 'line'] },
	failure: { must: [], may: ['type', 'message'] },
	error: { must: [], may: ['type', 'message'] },
	skipped: { must: [], may: ['type', 'message'] },
	'system-out': { must: [], may: [] },
};

/** What is in a JUnit document that its readers do not know, or miss; empty where all is well. */
export function unknownToReaders(xml: string): readonly string[] {
	return [...xml.matchAll(/<([a-z][a-z-]*)((?: [a-z]+="[^"]*")*)\/?>/g)].flatMap((match) => {
		const [, name = '', text = ''] = match;
		const element = ELEMENTS[name];
		if (element === undefined) return [name];
		const given = [...text.matchAll(/ ([a-z]+)="/g)].map(([, attribute = '']) => attribute);
		const odd = given.filter((one) => ![...element.must, ...element.may].includes(one));
		const missing = element.must.filter((one) => !given.includes(one));
		return [...odd.map((one) => `${name} ${one}`), ...missing.map((one) => `no ${name} ${one}`)];
	});
}
