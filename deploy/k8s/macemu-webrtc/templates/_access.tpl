{{/* Who may come in: the keys of tokens, and the certificates of the services. */}}

{{- define "macemu.access.secret" -}}
{{- .Values.access.existingSecret | default (printf "%s-access" (include "macemu.fullname" .)) -}}
{{- end -}}

{{- define "macemu.access.env" -}}
{{- if .Values.access.open -}}
- name: MACEMU_INSECURE_BIND
  value: "true"
{{- else -}}
- name: MACEMU_ACCESS_KEY_FILE
  value: /etc/macemu/access/{{ .Values.access.key }}
- name: MACEMU_ACCESS_SESSION
  value: {{ .Values.access.session | quote }}
{{- end -}}
{{- end -}}

{{/* The port that media-services take calls on. */}}
{{- define "macemu.grpcPort" -}}
{{- ternary 8011 8010 .Values.grpcTls.enabled -}}
{{- end -}}

{{- define "macemu.grpcTls.secret" -}}
{{- .Values.grpcTls.existingSecret | default (printf "%s-grpc" (include "macemu.fullname" .)) -}}
{{- end -}}

{{/* Names that media-services are called by, as a list in YAML. */}}
{{- define "macemu.grpcTls.names" -}}
{{- $name := include "macemu.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
- {{ $name }}-media
- {{ printf "%s-media.%s.svc" $name $namespace }}
# Pods are called by names of their addresses: 10-0-0-7.mac-edge.macemu.svc
- {{ printf "'*.%s-sessions.%s.svc'" $name $namespace }}
- {{ printf "'*.%s-edge.%s.svc'" $name $namespace }}
{{- end -}}

{{/* What a media-service needs for TLS. */}}
{{- define "macemu.grpcTls.serverEnv" -}}
{{- if .Values.grpcTls.enabled -}}
- {name: QUARKUS_PROFILE, value: "prod,mtls"}
- {name: MACEMU_TLS_FOLDER, value: /etc/macemu/tls}
- {name: MACEMU_MEDIA_TLS_PORT, value: "8011"}
{{- end -}}
{{- end -}}

{{- define "macemu.grpcTls.mount" -}}
{{- if .Values.grpcTls.enabled -}}
- {name: tls, mountPath: /etc/macemu/tls, readOnly: true}
{{- end -}}
{{- end -}}

{{- define "macemu.grpcTls.volume" -}}
{{- if .Values.grpcTls.enabled -}}
- name: tls
  secret:
    secretName: {{ include "macemu.grpcTls.secret" . }}
    defaultMode: 0440
{{- end -}}
{{- end -}}
