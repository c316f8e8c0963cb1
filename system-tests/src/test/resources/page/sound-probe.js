// Listens to a MediaStream: its loudness and its strongest frequency. A classic script: it defines
// `globalThis.soundProbe` and nothing else.
(() => {
  /** 2^14 samples at 48 kHz: 341 ms of sound, 2.9 Hz a bin. */
  const SIZE = 2 ** 14;
  let audio;
  let analyser;
  let source;
  let heard;

  /**
   * Listens to this stream from now on, and to no other.
   *
   * @param {MediaStream} stream
   */
  async function listen(stream) {
    audio ??= new AudioContext();
    await audio.resume();
    analyser ??= new AnalyserNode(audio, { fftSize: SIZE, smoothingTimeConstant: 0 });
    if (heard !== stream) {
      source?.disconnect();
      source = audio.createMediaStreamSource(stream);
      source.connect(analyser);
      heard = stream;
    }
  }

  /**
   * @returns {{ rms: number, peak: number, hertz: number, tonality: number, context: string }}
   *   rms and peak: 1 is full scale; hertz: the strongest frequency; tonality: its part of all the power, 0 to 1
   */
  function measure() {
    const time = new Float32Array(SIZE);
    analyser.getFloatTimeDomainData(time);
    let squares = 0;
    let peak = 0;
    for (const sample of time) {
      squares += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const decibels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(decibels);
    const power = decibels.map((db) => (Number.isFinite(db) ? 10 ** (db / 10) : 0));
    let strongest = 1;
    let total = 0;
    for (let bin = 1; bin < power.length - 1; bin++) {
      total += power[bin];
      if (power[bin] > power[strongest]) {
        strongest = bin;
      }
    }
    // The main lobe of the analyser's Blackman window is six bins wide.
    let lobe = 0;
    for (let bin = Math.max(1, strongest - 3); bin <= strongest + 3; bin++) {
      lobe += power[bin];
    }
    // The peak between bins, by a parabola through the three highest decibel values.
    const [a, b, c] = [decibels[strongest - 1], decibels[strongest], decibels[strongest + 1]];
    const shift = a - 2 * b + c === 0 ? 0 : (0.5 * (a - c)) / (a - 2 * b + c);
    return {
      rms: Math.sqrt(squares / SIZE),
      peak,
      hertz: ((strongest + (Number.isFinite(shift) ? shift : 0)) * audio.sampleRate) / SIZE,
      tonality: total > 0 ? lobe / total : 0,
      context: audio.state,
    };
  }

  globalThis.soundProbe = Object.freeze({ listen, measure });
})();
