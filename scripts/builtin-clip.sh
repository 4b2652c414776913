#!/usr/bin/env bash
# Makes lib/clip/builtin.webm, what `--media builtin` sends: four seconds of
# ffmpeg's moving test picture in VP8, 640x360 at 25 frames a second, with a
# key frame every two seconds, and an arpeggio in Opus, 48 kHz mono, 20 ms a
# packet. It is in the repository; this is needed only to change it.
set -euo pipefail

case "${1:-}" in
-h | --help)
  sed -n '2,5s/^# //p' "$0"
  exit 0
  ;;
esac
cd "$(dirname "$0")/.."

# Each note lasts half a second and has whole waves in it: the loop clicks nowhere.
melody="0.25*sin(2*PI*t*(mod(floor(t*2)\,4)*110+330))"
ffmpeg -nostdin -y -loglevel error \
  -f lavfi -i "testsrc2=size=640x360:rate=25:duration=4" \
  -f lavfi -i "aevalsrc=exprs=$melody:sample_rate=48000:duration=4" \
  -c:v libvpx -b:v 200k -maxrate 300k -bufsize 200k -g 50 -keyint_min 50 \
  -auto-alt-ref 0 -lag-in-frames 0 -deadline good -cpu-used 0 \
  -c:a libopus -b:a 32k -frame_duration 20 -application audio \
  -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
  lib/clip/builtin.webm
