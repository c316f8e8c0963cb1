{{/*
Edges: media-services without an emulator, which pass on what a Mac's own one encodes. Helpers that take a dict of root and
component make the edges of the release's own Mac (component edge) or the pattern of further Macs' (component
session-edge), in which the control-service writes name, origin, port and number of each Mac's.
*/}}

{{/* Whether Macs of sessions may have edges. */}}
{{- define "macemu.session.edges" -}}
{{- and .Values.sessions.enabled .Values.sessions.edges.enabled -}}
{{- end -}}

{{/* Whether there may be edges, of whichever Mac. */}}
{{- define "macemu.edge.any" -}}
{{- or .Values.edge.enabled (eq (include "macemu.session.edges" .) "true") -}}
{{- end -}}

{{/* Whether Kubernetes is told which edge has how many viewers. */}}
{{- define "macemu.edge.deletionCost" -}}
{{- $autoscaling := .Values.edge.autoscaling -}}
{{- and (eq (include "macemu.edge.any" .) "true") $autoscaling.enabled $autoscaling.deletionCost -}}
{{- end -}}

{{- define "macemu.edge.metadata" -}}
{{- if eq .component "edge" -}}
{{ include "macemu.metadata" . }}
{{- else -}}
name: edge
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "macemu.session.labels" . | nindent 2 }}
{{- end -}}
{{- end -}}

{{- define "macemu.edge.rtcPort" -}}
{{- $values := .root.Values -}}
{{- if and (eq .component "session-edge") (ne $values.edge.exposure "ClusterIP") -}}
{{- $values.sessions.edges.firstPort -}}
{{- else -}}
{{- $values.edge.rtcPort -}}
{{- end -}}
{{- end -}}

{{/* Where the Mac's frames come from. In the pattern, the name of the Mac's pod comes before it. */}}
{{- define "macemu.edge.origin" -}}
{{- $name := include "macemu.fullname" .root -}}
{{- $host := printf "%s-media" $name -}}
{{- if eq .component "session-edge" -}}
{{- $host = printf "%s-sessions.%s.svc" $name .root.Release.Namespace -}}
{{- end -}}
{{- $host }}:{{ include "macemu.grpcPort" .root -}}
{{- end -}}

{{- define "macemu.edge.env" -}}
{{- $edge := .root.Values.edge -}}
- name: MACEMU_EDGE_ORIGIN
  value: {{ include "macemu.edge.origin" . }}
- name: MACEMU_EDGE_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: MACEMU_RTC_PORT
  value: {{ include "macemu.edge.rtcPort" . | quote }}
- name: MACEMU_RTC_BIND
  valueFrom: {fieldRef: {fieldPath: status.podIPs}}
- name: MACEMU_RTC_ADVERTISE
{{- with $edge.advertise }}
  value: {{ join "," . | quote }}
{{- else }}
{{- if eq $edge.exposure "ClusterIP" }}
  valueFrom: {fieldRef: {fieldPath: status.podIPs}}
{{- else }}
  valueFrom: {fieldRef: {fieldPath: status.hostIP}}
{{- end }}
{{- end }}
- name: MACEMU_VIEWERS_MAX
  value: {{ $edge.maxViewers | quote }}
# An encoder of a viewer's own is what an edge is there to do without.
- name: MACEMU_VIEWERS_MAX_ADAPTIVE
  value: "0"
{{- end -}}
