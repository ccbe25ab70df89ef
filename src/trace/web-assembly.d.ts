/* What is used of WebAssembly, which TypeScript declares for browsers only. */
declare namespace WebAssembly {
	class Module {
		constructor(bytes: Uint8Array);
	}
	class Instance {
		constructor(
			module: Module,
			imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
		);
		readonly exports: Readonly<Record<string, unknown>>;
	}
	interface Memory {
		readonly buffer: ArrayBuffer;
	}
	interface Global {
		readonly value: unknown;
	}
}
