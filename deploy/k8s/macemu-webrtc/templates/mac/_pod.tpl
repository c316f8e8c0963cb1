{{/*
The Mac's pod: the emulator, and the media-service beside it. They share /dev/shm, in memory, the folder of the control
socket, and the storage: files are uploaded through the media-service. The helpers below that take a dict of root and
component make the release's own Mac (component mac) or the pattern of further ones (component session), in which the
control-service writes port, claim and ROM of each.
*/}}

{{/* Bytes of one picture in shared memory. */}}
{{- define "macemu.mac.frameBytes" -}}
{{- mul (int .Values.mac.maxScreen.width) (int .Values.mac.maxScreen.height) 4 -}}
{{- end -}}

{{/* Size of /dev/shm, Mi: three pictures and room for the sound and what libraries put there. */}}
{{- define "macemu.mac.shmMebibytes" -}}
{{- add (div (mul 3 (include "macemu.mac.frameBytes" . | int)) 1048576) 8 -}}
{{- end -}}

{{- define "macemu.mac.sharedMounts" -}}
- {name: shm, mountPath: /dev/shm}
- {name: socket, mountPath: /run/macemu}
- {name: tmp, mountPath: /tmp, subPath: {{ . }}}
{{- end -}}

{{- define "macemu.mac.rtcPort" -}}
{{- if and (eq .component "session") (ne .root.Values.rtc.exposure "ClusterIP") -}}
{{- .root.Values.sessions.ports.first -}}
{{- else -}}
{{- include "macemu.rtc.port" .root -}}
{{- end -}}
{{- end -}}

{{- define "macemu.mac.hasDisks" -}}
{{- if or .root.Values.mac.disks.enabled (eq .component "session") -}}true{{- end -}}
{{- end -}}

{{/* Volumes of files. ROMs are for the emulator to read; uploads write beside the disk images. */}}
{{- define "macemu.mac.storageMounts" -}}
{{- $emulator := eq .container "emulator" -}}
{{- if .root.Values.mac.roms.existingClaim }}
- {name: roms, mountPath: /storage/roms, readOnly: true}
{{- else if include "macemu.mac.hasDisks" . }}
- {name: disks, mountPath: /storage/roms, subPath: roms{{ if $emulator }}, readOnly: true{{ end }}}
{{- end }}
{{- if include "macemu.mac.hasDisks" . }}
- {name: disks, mountPath: /storage/images, subPath: images}
{{- if $emulator }}
- {name: disks, mountPath: /storage/prefs, subPath: prefs}
{{- end }}
{{- end }}
{{- end -}}

{{- define "macemu.mac.mediaContainer" -}}
{{- $dict := . -}}
{{- with .root -}}
name: media
{{ include "macemu.containerImage" (dict "root" . "image" .Values.media.image) }}
{{- if .Values.mac.nativeSidecar }}
restartPolicy: Always
{{- end }}
ports:
  - {name: http, containerPort: 8010}
  {{- if .Values.grpcTls.enabled }}
  - {name: grpc-tls, containerPort: 8011}
  {{- end }}
  {{- $port := include "macemu.mac.rtcPort" $dict }}
  {{- $hostPort := has .Values.rtc.exposure (list "HostPort" "HostNetwork") }}
  {{- range $protocol := list "UDP" "TCP" }}
  - name: rtc-{{ lower $protocol }}
    protocol: {{ $protocol }}
    containerPort: {{ $port }}
    {{- if $hostPort }}
    hostPort: {{ $port }}
    {{- end }}
  {{- end }}
env:
  {{- include "macemu.serviceEnv" . | nindent 2 }}
  - {name: MACEMU_MEDIA_PORT, value: "8010"}
  {{- with include "macemu.grpcTls.serverEnv" . }}
  {{- . | nindent 2 }}
  {{- end }}
  - {name: MACEMU_CONTROL_SOCK, value: /run/macemu/control.sock}
  - {name: MACEMU_SHM_MAX_FRAME_SIZE, value: {{ include "macemu.mac.frameBytes" . | quote }}}
  - {name: MACEMU_VIDEO_BITRATE, value: {{ .Values.media.video.bitrate | quote }}}
  - {name: MACEMU_VIDEO_MIN_BITRATE, value: {{ .Values.media.video.minBitrate | quote }}}
  - {name: MACEMU_VIDEO_MAX_BITRATE, value: {{ .Values.media.video.maxBitrate | quote }}}
  - {name: MACEMU_VIEWERS_MAX, value: {{ .Values.media.viewers.max | quote }}}
  - {name: MACEMU_VIEWERS_MAX_ADAPTIVE, value: {{ .Values.media.viewers.maxAdaptive | quote }}}
  {{- if or .Values.mac.roms.existingClaim (include "macemu.mac.hasDisks" $dict) }}
  - {name: BASILISK_ROMS, value: /storage/roms}
  {{- end }}
  {{- if include "macemu.mac.hasDisks" $dict }}
  - {name: BASILISK_IMAGES, value: /storage/images}
  {{- end }}
  - {name: MACEMU_RTC_PORT, value: {{ $port | quote }}}
  {{- include "macemu.rtc.env" . | nindent 2 }}
  {{- with include "macemu.turn.env" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "macemu.env" .Values.media.env | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{ include "macemu.probes" . }}
{{- if not .Values.mac.nativeSidecar }}
lifecycle:
  # The next container is started when this has ended: the emulator finds its segments and its socket.
  postStart:
    exec:
      command:
        - bash
        - -c
        - for i in {1..300}; do health-check 8010 /q/health/started >/dev/null && exit 0; sleep 0.2; done; exit 0
{{- end }}
{{ include "macemu.containerSecurity" . }}
resources:
  {{- toYaml .Values.media.resources | nindent 2 }}
volumeMounts:
  {{- include "macemu.mac.sharedMounts" "media" | nindent 2 }}
  {{- with include "macemu.mac.storageMounts" (dict "root" . "component" $dict.component "container" "media") | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "macemu.grpcTls.mount" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "macemu.mac.emulatorContainer" -}}
{{- $dict := . -}}
{{- with .root -}}
name: emulator
{{ include "macemu.containerImage" (dict "root" . "image" .Values.mac.image) }}
args:
  - --screen
  - {{ printf "%dx%d" (int .Values.mac.screen.width) (int .Values.mac.screen.height) }}
  {{- with .Values.mac.rom }}
  - --rom
  - {{ . | quote }}
  {{- end }}
  - --grace
  # The agent is done before the pod's time is over.
  - {{ sub (int .Values.mac.terminationGracePeriodSeconds) 5 | quote }}
env:
  - {name: MACEMU_CONTROL_SOCK, value: /run/macemu/control.sock}
  {{- if include "macemu.mac.hasDisks" $dict }}
  - {name: MACEMU_PREFS, value: /storage/prefs/mac}
  {{- end }}
{{/*
No probe: the container ends with the agent, which minds the emulator; a Mac may be switched off, and one at rest draws
nothing that could be asked for.
*/ -}}
{{ include "macemu.containerSecurity" . }}
resources:
  {{- toYaml .Values.mac.resources | nindent 2 }}
volumeMounts:
  {{- include "macemu.mac.sharedMounts" "emulator" | nindent 2 }}
  {{- with include "macemu.mac.storageMounts" (dict "root" . "component" $dict.component "container" "emulator") | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "macemu.mac.podSpec" -}}
{{- $dict := . -}}
{{- with .root -}}
{{ include "macemu.podSecurity" (dict "root" . "component" "mac") }}
{{- if eq .Values.rtc.exposure "HostNetwork" }}
hostNetwork: true
dnsPolicy: ClusterFirstWithHostNet
{{- end }}
terminationGracePeriodSeconds: {{ .Values.mac.terminationGracePeriodSeconds }}
{{- with include "macemu.placement" .Values.mac | trim }}
{{ . }}
{{- end }}
{{- if .Values.mac.nativeSidecar }}
initContainers:
  - {{- include "macemu.mac.mediaContainer" $dict | nindent 4 }}
containers:
  - {{- include "macemu.mac.emulatorContainer" $dict | nindent 4 }}
{{- else }}
containers:
  - {{- include "macemu.mac.mediaContainer" $dict | nindent 4 }}
  - {{- include "macemu.mac.emulatorContainer" $dict | nindent 4 }}
{{- end }}
volumes:
  - name: shm
    emptyDir:
      medium: Memory
      sizeLimit: {{ include "macemu.mac.shmMebibytes" . }}Mi
  - name: socket
    emptyDir:
      medium: Memory
      sizeLimit: 1Mi
  - name: tmp
    emptyDir:
      sizeLimit: 256Mi
  {{- with .Values.mac.roms.existingClaim }}
  - name: roms
    persistentVolumeClaim:
      claimName: {{ . }}
      readOnly: true
  {{- end }}
  {{- if include "macemu.mac.hasDisks" $dict }}
  - name: disks
    persistentVolumeClaim:
      {{- $claim := ternary "disks" .Values.mac.disks.existingClaim (eq $dict.component "session") }}
      claimName: {{ $claim | default (printf "%s-disks" (include "macemu.fullname" .)) }}
  {{- end }}
  {{- with include "macemu.grpcTls.volume" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}
{{- end -}}
