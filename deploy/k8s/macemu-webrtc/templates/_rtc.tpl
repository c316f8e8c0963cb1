{{/* The media port: its number, and the addresses browsers are told. */}}

{{- define "macemu.rtc.port" -}}
{{- if .Values.rtc.port -}}
{{- .Values.rtc.port | int -}}
{{- else if eq .Values.rtc.exposure "NodePort" -}}
30189
{{- else -}}
8189
{{- end -}}
{{- end -}}

{{/* Addresses to advertise as text with commas; empty when the pod's own environment knows better. */}}
{{- define "macemu.rtc.advertise" -}}
{{- if .Values.rtc.advertise -}}
{{- join "," .Values.rtc.advertise -}}
{{- else if eq .Values.rtc.exposure "LoadBalancer" -}}
{{- .Values.rtc.service.loadBalancerIP -}}
{{- end -}}
{{- end -}}

{{- define "macemu.rtc.env" -}}
- name: MACEMU_RTC_BIND
  valueFrom: {fieldRef: {fieldPath: status.podIPs}}
- name: MACEMU_RTC_ADVERTISE
{{- with include "macemu.rtc.advertise" . }}
  value: {{ . | quote }}
{{- else }}
{{- if eq .Values.rtc.exposure "ClusterIP" }}
  valueFrom: {fieldRef: {fieldPath: status.podIPs}}
{{- else }}
  valueFrom: {fieldRef: {fieldPath: status.hostIP}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "macemu.turn.env" -}}
{{- with .Values.turn.urls }}
- name: MACEMU_RTC_ICE_SERVERS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.turn.sharedSecret }}
{{- if .existingSecret }}
- name: MACEMU_RTC_ICE_SECRET
  valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .key }}}}
- name: MACEMU_RTC_ICE_CREDENTIAL_VALIDITY
  value: {{ .validity | quote }}
{{- end }}
{{- end }}
{{- if .Values.turn.existingSecret }}
- name: MACEMU_RTC_ICE_USERNAME
  valueFrom: {secretKeyRef: {name: {{ .Values.turn.existingSecret }}, key: {{ .Values.turn.usernameKey }}}}
- name: MACEMU_RTC_ICE_CREDENTIAL
  valueFrom: {secretKeyRef: {name: {{ .Values.turn.existingSecret }}, key: {{ .Values.turn.credentialKey }}}}
{{- end }}
{{- end -}}

{{/* The page's own address, empty without ingress and route. */}}
{{- define "macemu.web.url" -}}
{{- if .Values.ingress.enabled -}}
{{- ternary "https" "http" (or .Values.ingress.tls (ne .Values.ingress.tlsSecret "")) }}://{{ .Values.ingress.host -}}
{{- else if .Values.httpRoute.enabled -}}
{{- ternary "https" "http" .Values.httpRoute.tls }}://{{ .Values.httpRoute.host -}}
{{- end -}}
{{- end -}}
