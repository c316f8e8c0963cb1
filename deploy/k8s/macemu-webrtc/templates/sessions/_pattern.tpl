{{/* Labels of everything that belongs to a session, but for its name. Takes a dict of root and component. */}}
{{- define "macemu.session.labels" -}}
{{ include "macemu.selectorLabels" . }}
app.kubernetes.io/part-of: macemu-webrtc
app.kubernetes.io/managed-by: macemu-control-service
{{- end -}}

{{/* Beginning of the names: with a session's name of at most 20 characters, and a StatefulSet's hash, below 63. */}}
{{- define "macemu.session.prefix" -}}
{{- include "macemu.fullname" . | trunc 29 | trimSuffix "-" }}-s-
{{- end -}}

{{/* The StatefulSet of a Mac that nobody has made yet. */}}
{{- define "macemu.session.statefulSet" -}}
{{- $session := dict "root" . "component" "session" -}}
# One pod at most, of one name, whichever control-service asked for it: no disk is written by two Macs.
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ include "macemu.session.prefix" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "macemu.session.labels" $session | nindent 4 }}
spec:
  replicas: 0
  serviceName: {{ include "macemu.fullname" . }}-sessions
  selector:
    matchLabels:
      {{- include "macemu.selectorLabels" $session | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "macemu.session.labels" $session | nindent 8 }}
        {{- with .Values.mac.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: emulator
        {{- with .Values.mac.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "macemu.mac.podSpec" $session | nindent 6 }}
{{- end -}}

{{- define "macemu.session.claim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "macemu.session.prefix" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "macemu.session.labels" (dict "root" . "component" "session") | nindent 4 }}
spec:
  accessModes: [{{ .Values.mac.disks.accessMode }}]
  {{- with .Values.mac.disks.storageClassName }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ .Values.sessions.diskSize }}
{{- end -}}

{{/* Services of a Mac's media port; none where the pod's own address or its node's is the way. */}}
{{- define "macemu.session.services" -}}
{{- $rtc := .Values.rtc -}}
{{- if has $rtc.exposure (list "NodePort" "LoadBalancer") }}
{{- $groups := ternary (list (list "UDP") (list "TCP")) (list (list "UDP" "TCP")) $rtc.service.split }}
{{- range $protocols := $groups }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ ternary (first $protocols | lower) "rtc" $rtc.service.split }}
  namespace: {{ $.Release.Namespace }}
  labels:
    {{- include "macemu.session.labels" (dict "root" $ "component" "session") | nindent 4 }}
  {{- with $rtc.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ $rtc.exposure }}
  publishNotReadyAddresses: true
  externalTrafficPolicy: {{ $rtc.service.externalTrafficPolicy }}
  {{- if eq $rtc.exposure "LoadBalancer" }}
  {{- with $rtc.service.loadBalancerIP }}
  loadBalancerIP: {{ . | quote }}
  {{- end }}
  {{- with $rtc.service.loadBalancerClass }}
  loadBalancerClass: {{ . }}
  {{- end }}
  {{- with $.Values.networkPolicy.viewerCidrs }}
  loadBalancerSourceRanges:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  selector:
    {{- include "macemu.selectorLabels" (dict "root" $ "component" "session") | nindent 4 }}
  ports:
    {{- range $protocols }}
    - name: rtc-{{ lower . }}
      protocol: {{ . }}
      port: {{ $.Values.sessions.ports.first }}
      targetPort: {{ $.Values.sessions.ports.first }}
      {{- if eq $rtc.exposure "NodePort" }}
      nodePort: {{ $.Values.sessions.ports.first }}
      {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The media port of the last Mac's edges: each Mac's are as far behind the first one's as its own port. */}}
{{- define "macemu.session.edgeLastPort" -}}
{{- with .Values.sessions -}}
{{- add .edges.firstPort (sub .ports.last .ports.first) -}}
{{- end -}}
{{- end -}}
