/* What sipdoctor's trace finds in a capture. By the modules of build/, which dist/ is made of. */
import { CaptureError } from '../../build/capture/capture-error.js';
import { readChunks } from '../../build/capture/file-reader.js';
import { firstHeader } from '../../build/sip/header-fields.js';
import { readCSeq } from '../../build/sip/headers/cseq.js';
import { traceCapture } from '../../build/trace/trace-capture.js';

/**
 * The REGISTER requests and their responses of a capture, in order of frames; `refused` says why where it cannot be
 * read at all.
 */
export async function sipdoctorMessages(file) {
	const messages = [];
	const sink = {
		message: ({ message, frame, packet }) => {
			// Of a packet whose fragments are not all there tshark reads nothing.
			if (packet.isBeginning === true) return;
			// It knows no HEP. What is there itself as well is compared: nothing joins the two before the transactions.
			if (packet.reports !== undefined) return;
			const found = registerMessage(message, frame);
			if (found !== undefined) messages.push(found);
		},
		event: () => undefined,
	};
	try {
		await traceCapture(file, readChunks(file), sink);
	} catch (error) {
		// Only what a user is told as well; a crash of ours must end the run.
		if (error instanceof CaptureError) return { messages, refused: error.message };
		throw error;
	}
	return { messages, refused: undefined };
}

function registerMessage(message, frame) {
	const cseq = readCSeq(message);
	const isRequest = message.kind === 'request';
	const method = isRequest ? message.method : cseq?.value?.method;
	if (method !== 'REGISTER') return undefined;
	return {
		frame,
		what: isRequest ? 'REGISTER' : String(message.statusCode),
		cseq: String(cseq?.value?.number ?? ''),
		callId: firstHeader(message, 'call-id')?.value ?? '',
		carriedIn: '',
	};
}
