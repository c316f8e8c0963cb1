{{/* What edges are made of. Each helper takes a dict of root and component. */}}

{{- define "macemu.edge.objects" -}}
{{ include "macemu.edge.deployment" . }}
---
{{ include "macemu.edge.service" . }}
{{- if .root.Values.podDisruptionBudget.enabled }}
---
{{ include "macemu.edge.podDisruptionBudget" . }}
{{- end }}
{{- if .root.Values.edge.autoscaling.enabled }}
---
{{ include "macemu.edge.autoscaler" . }}
{{- end }}
{{- end -}}

{{- define "macemu.edge.deployment" -}}
{{- $dict := . -}}
{{- with .root -}}
{{- $edge := .Values.edge -}}
{{- $hostPort := has $edge.exposure (list "HostPort" "HostNetwork") -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "macemu.edge.metadata" $dict | nindent 2 }}
spec:
  {{- if not $edge.autoscaling.enabled }}
  replicas: {{ $edge.autoscaling.minReplicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "macemu.selectorLabels" $dict | nindent 6 }}
  strategy:
    {{- if $hostPort }}
    # The next one needs the port that its predecessor has, where every node has an edge.
    rollingUpdate: {maxUnavailable: 1, maxSurge: 0}
    {{- else }}
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
    {{- end }}
  template:
    metadata:
      labels:
        {{- if eq $dict.component "edge" }}
        {{- include "macemu.labels" $dict | nindent 8 }}
        {{- else }}
        {{- include "macemu.session.labels" $dict | nindent 8 }}
        {{- end }}
        {{- with $edge.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $edge.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "macemu.podSecurity" (dict "root" . "component" "edge") | nindent 6 }}
      {{- if eq $edge.exposure "HostNetwork" }}
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      {{- end }}
      # Its viewers are moved within 120 s.
      terminationGracePeriodSeconds: 130
      {{- with include "macemu.placement" $edge | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" $dict | nindent 14 }}
      containers:
        - name: edge
          {{- include "macemu.containerImage" (dict "root" . "image" .Values.media.image) | nindent 10 }}
          ports:
            - {name: http, containerPort: 8010}
            {{- if .Values.grpcTls.enabled }}
            - {name: grpc-tls, containerPort: 8011}
            {{- end }}
            {{- $port := include "macemu.edge.rtcPort" $dict }}
            {{- range $protocol := list "UDP" "TCP" }}
            - name: rtc-{{ lower $protocol }}
              protocol: {{ $protocol }}
              containerPort: {{ $port }}
              {{- if $hostPort }}
              hostPort: {{ $port }}
              {{- end }}
            {{- end }}
          env:
            {{- include "macemu.serviceEnv" . | nindent 12 }}
            - {name: MACEMU_MEDIA_PORT, value: "8010"}
            {{- with include "macemu.grpcTls.serverEnv" . }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- include "macemu.edge.env" $dict | nindent 12 }}
            {{- with include "macemu.turn.env" . | trim }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with include "macemu.env" $edge.env | trim }}
            {{- . | nindent 12 }}
            {{- end }}
          {{- include "macemu.probes" . | nindent 10 }}
          {{- include "macemu.containerSecurity" . | nindent 10 }}
          resources:
            {{- toYaml $edge.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- with include "macemu.grpcTls.mount" . }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 256Mi
        {{- with include "macemu.grpcTls.volume" . }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}
{{- end -}}

{{- define "macemu.edge.service" -}}
# The addresses of the edges that are ready: signaling-service chooses among them.
apiVersion: v1
kind: Service
metadata:
  {{- include "macemu.edge.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "macemu.selectorLabels" . | nindent 4 }}
  ports:
    - {name: http, port: 8010, targetPort: 8010, appProtocol: kubernetes.io/h2c}
    {{- if .root.Values.grpcTls.enabled }}
    - {name: grpc-tls, port: 8011, targetPort: 8011}
    {{- end }}
{{- end -}}

{{- define "macemu.edge.podDisruptionBudget" -}}
# One edge at a time is drained; its viewers find room on the others.
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "macemu.edge.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "macemu.selectorLabels" . | nindent 6 }}
{{- end -}}

{{- define "macemu.edge.autoscaler" -}}
{{- $deployment := ternary (printf "%s-edge" (include "macemu.fullname" .root)) "edge" (eq .component "edge") -}}
# Up at once and by as much as is needed, because a viewer who waits goes away; down one by one and late, because each
# edge that goes moves its viewers. Both figures are the edges' own, served to the HPA by an adapter for Prometheus; the
# one that asks for more edges counts.
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "macemu.edge.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ $deployment }}}
  {{- with .root.Values.edge.autoscaling }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    - type: Pods
      pods:
        metric: {name: macemu_viewers}
        target: {type: AverageValue, averageValue: {{ .targetViewers | quote }}}
    - type: Pods
      pods:
        metric: {name: macemu_stress}
        target: {type: AverageValue, averageValue: {{ mul .targetStressPercent 10 }}m}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      selectPolicy: Max
      policies:
        - {type: Percent, value: 100, periodSeconds: 15}
        - {type: Pods, value: 4, periodSeconds: 15}
    scaleDown:
      stabilizationWindowSeconds: {{ .scaleDownStabilizationSeconds }}
      selectPolicy: Max
      policies:
        - {type: Pods, value: 1, periodSeconds: {{ .scaleDownPeriodSeconds }}}
  {{- end }}
{{- end -}}

{{/* Edges: viewers to their media ports, the release's own services to gRPC, and they to their Macs. */}}
{{- define "macemu.edge.networkPolicy" -}}
{{- $dict := . -}}
{{- with .root -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "macemu.metadata" $dict | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "macemu.selectorLabels" $dict | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .Release.Name }}
            matchExpressions:
              - {key: app.kubernetes.io/component, operator: In, values: [signaling, control, test]}
        {{- include "macemu.monitoringPeer" . | nindent 8 }}
      ports:
        - {port: 8010, protocol: TCP}
        {{- if .Values.grpcTls.enabled }}
        - {port: 8011, protocol: TCP}
        {{- end }}
    - ports:
        {{- $first := include "macemu.edge.rtcPort" $dict }}
        {{- $range := "" }}
        {{- if and (eq $dict.component "session-edge") (ne .Values.edge.exposure "ClusterIP") }}
        {{- $range = printf ", endPort: %s" (include "macemu.session.edgeLastPort" .) }}
        {{- end }}
        - {port: {{ $first }}{{ $range }}, protocol: UDP}
        - {port: {{ $first }}{{ $range }}, protocol: TCP}
      {{- with .Values.networkPolicy.viewerCidrs }}
      from:
        {{- range . }}
        - ipBlock: {cidr: {{ . | quote }}}
        {{- end }}
      {{- end }}
  egress:
    {{- include "macemu.dnsEgress" . | nindent 4 }}
    # The origin's frames.
    - to:
        - podSelector:
            matchLabels:
              {{- $mac := ternary "mac" "session" (eq $dict.component "edge") }}
              {{- include "macemu.selectorLabels" (dict "root" . "component" $mac) | nindent 14 }}
        {{- if eq .Values.rtc.exposure "HostNetwork" }}
        {{- include "macemu.nodePeers" . | nindent 8 }}
        {{- end }}
      ports:
        - {port: {{ include "macemu.grpcPort" . }}, protocol: TCP}
{{- end -}}
{{- end -}}
