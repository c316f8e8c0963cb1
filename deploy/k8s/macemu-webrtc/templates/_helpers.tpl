{{/* Names and labels. Every helper takes the root context unless it says otherwise. */}}

{{- define "macemu.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Prefix of all names, at most 40 characters: the longest suffix and a StatefulSet's hash stay below 63. */}}
{{- define "macemu.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "macemu.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "macemu.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The labels a component is selected by. Takes a dict of root and component. */}}
{{- define "macemu.selectorLabels" -}}
app.kubernetes.io/name: {{ include "macemu.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* All labels of an object. Takes a dict of root and component. */}}
{{- define "macemu.labels" -}}
{{ include "macemu.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: macemu-webrtc
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* metadata of an object. Takes a dict of root, component and, where the name has a suffix, suffix; annotations. */}}
{{- define "macemu.metadata" -}}
name: {{ include "macemu.fullname" .root }}-{{ .suffix | default .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "macemu.labels" . | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An image, by digest where there is one. Takes a dict of root and image. */}}
{{- define "macemu.image" -}}
{{- $name := .image.repository -}}
{{- with .root.Values.images.registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" .) $name -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $name .image.digest -}}
{{- else -}}
{{- $tag := coalesce .image.tag .root.Values.images.tag .root.Chart.AppVersion -}}
{{- printf "%s:%s" $name $tag -}}
{{- end -}}
{{- end -}}

{{/* Image and pull policy of a container. Takes a dict of root and image. */}}
{{- define "macemu.containerImage" -}}
image: {{ include "macemu.image" . | quote }}
imagePullPolicy: {{ .root.Values.images.pullPolicy }}
{{- end -}}

{{/* What Pod Security "restricted" asks of a container, and a read-only root file system. */}}
{{- define "macemu.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
{{- end -}}

{{/* Whether a component calls the Kubernetes API. Takes a dict of root and component. */}}
{{- define "macemu.callsApi" -}}
{{- $values := .root.Values -}}
{{- if eq .component "control" -}}
{{- or $values.sessions.enabled (eq (include "macemu.edge.deletionCost" .root) "true") -}}
{{- else if eq .component "signaling" -}}
{{- $values.sessions.enabled -}}
{{- else -}}
false
{{- end -}}
{{- end -}}

{{/*
What every pod has. User 10001 is the images' own; the same user and group in all containers of a pod lets the emulator
and the media-service open what the other made. No container is told the names of Services by environment variables:
one called ...-media would overwrite settings such as MACEMU_MEDIA_PORT. Takes a dict of root and component.
*/}}
{{- define "macemu.podSecurity" -}}
serviceAccountName: {{ include "macemu.fullname" .root }}-{{ .component }}
automountServiceAccountToken: {{ include "macemu.callsApi" . }}
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.images.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Where a pod may run. Takes the component's values. */}}
{{- define "macemu.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Settings as environment variables, sorted by name. Takes a map. */}}
{{- define "macemu.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* The three probes of a Quarkus service on the port named http. */}}
{{- define "macemu.probes" -}}
startupProbe:
  httpGet: {path: /q/health/started, port: http}
  periodSeconds: 1
  timeoutSeconds: 3
  # A node that is starting many pods at once may take its time.
  failureThreshold: 120
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /q/health/ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 3
{{- end -}}

{{/* Environment of every Quarkus service: listens on the pod's address, in the pod's address family. */}}
{{- define "macemu.serviceEnv" -}}
- name: QUARKUS_HTTP_HOST
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
- name: QUARKUS_LOG_CONSOLE_JSON_ENABLED
  value: {{ .Values.logging.json | quote }}
{{- end -}}

{{/* Where signaling and control find the media-service. */}}
{{- define "macemu.mediaTargetEnv" -}}
- name: MACEMU_MEDIA_HOST
  value: {{ include "macemu.fullname" . }}-media
- name: MACEMU_MEDIA_PORT
  value: {{ include "macemu.grpcPort" . | quote }}
{{- if .Values.grpcTls.enabled }}
- name: MACEMU_MEDIA_TLS_FOLDER
  value: /etc/macemu/tls
{{- end }}
{{- end -}}
