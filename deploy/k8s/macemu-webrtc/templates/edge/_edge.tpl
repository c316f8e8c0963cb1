{{/* Edges: media-services without an emulator, which pass on what the release's own Mac shows. */}}

{{- define "macemu.edge.env" -}}
{{- $edge := .Values.edge -}}
- name: MACEMU_EDGE_ORIGIN
  value: {{ include "macemu.fullname" . }}-media:{{ include "macemu.grpcPort" . }}
- name: MACEMU_EDGE_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: MACEMU_RTC_PORT
  value: {{ $edge.rtcPort | quote }}
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

{{/* Whether Kubernetes is told which edge has how many viewers. */}}
{{- define "macemu.edge.deletionCost" -}}
{{- $edge := .Values.edge -}}
{{- and $edge.enabled $edge.autoscaling.enabled $edge.autoscaling.deletionCost -}}
{{- end -}}
