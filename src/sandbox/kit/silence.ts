/** A second of silence that players accept: enough to show that a recording's link leads somewhere. */
export function silentWav(): Buffer {
  // 8 kHz, 8 bits, one channel; 0x80 is the middle.
  const samples = Buffer.alloc(8000, 0x80);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}

/** The same as MPEG 1 layer III, 128 kbit/s at 44.1 kHz: 417 bytes a frame, and a frame of zeros decodes to silence. */
export function silentMp3(): Buffer {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xfffb9000, 0);
  return Buffer.concat(Array.from({ length: 38 }, () => frame));
}
