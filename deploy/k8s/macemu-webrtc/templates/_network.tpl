{{/* Peers and rules that several network policies share. */}}

{{- define "macemu.dnsEgress" -}}
- to:
    - namespaceSelector: {}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
    # A cache on each node, as some clusters have.
    - ipBlock: {cidr: 169.254.20.10/32}
  ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end -}}

{{- define "macemu.nodePeers" -}}
# A Mac or an edge in its node's network has the node's address, which no pod selector matches.
{{- range .Values.networkPolicy.nodeCidrs | default (list "0.0.0.0/0" "::/0") }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end -}}

{{/* Prometheus, wherever its namespace is not named. Empty when nobody reads figures. */}}
{{- define "macemu.monitoringPeer" -}}
{{- with .Values.networkPolicy.monitoringNamespaceLabels -}}
- namespaceSelector:
    matchLabels:
      {{- toYaml . | nindent 6 }}
{{- else -}}
{{- if .Values.monitoring.podMonitor.enabled -}}
- namespaceSelector: {}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A service that browsers reach through an ingress controller, a gateway or directly. Takes root and component. */}}
{{- define "macemu.webNetworkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "macemu.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "macemu.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports:
        - {port: {{ (index .root.Values .component).service.port }}, protocol: TCP}
      {{- with .root.Values.networkPolicy.ingressNamespaceLabels }}
      from:
        - namespaceSelector:
            matchLabels:
              {{- toYaml . | nindent 14 }}
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ $.root.Release.Name }}
              app.kubernetes.io/component: test
        {{- include "macemu.monitoringPeer" $.root | nindent 8 }}
      {{- end }}
  egress:
    {{- include "macemu.dnsEgress" .root | nindent 4 }}
    - to:
        - podSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" (dict "root" .root "component" "mac") | nindent 14 }}
        {{- if .root.Values.sessions.enabled }}
        - podSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" (dict "root" .root "component" "session") | nindent 14 }}
        {{- end }}
        {{- if .root.Values.edge.enabled }}
        - podSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" (dict "root" .root "component" "edge") | nindent 14 }}
        {{- end }}
        {{- if eq (include "macemu.session.edges" .root) "true" }}
        - podSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" (dict "root" .root "component" "session-edge") | nindent 14 }}
        {{- end }}
        {{- $edgeAtNode := and (eq (include "macemu.edge.any" .root) "true") (eq .root.Values.edge.exposure "HostNetwork") }}
        {{- if or $edgeAtNode (eq .root.Values.rtc.exposure "HostNetwork") }}
        {{- include "macemu.nodePeers" .root | nindent 8 }}
        {{- end }}
      ports:
        - {port: {{ include "macemu.grpcPort" .root }}, protocol: TCP}
    {{- if eq (include "macemu.callsApi" .) "true" }}
    {{- include "macemu.apiEgress" .root | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* The Kubernetes API, wherever it is. */}}
{{- define "macemu.apiEgress" -}}
- ports:
    - {port: 443, protocol: TCP}
    - {port: 6443, protocol: TCP}
  {{- with .Values.networkPolicy.apiServerCidrs }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* A Mac: viewers to its media port, the release's own services to gRPC. Takes a dict of root and component. */}}
{{- define "macemu.macNetworkPolicy" -}}
{{- $dict := . -}}
{{- with .root -}}
{{- $callers := list "signaling" "control" "test" -}}
{{- $edges := "" -}}
{{- if and (eq $dict.component "mac") .Values.edge.enabled -}}
{{- $edges = "edge" -}}
{{- else if and (eq $dict.component "session") (eq (include "macemu.session.edges" .) "true") -}}
{{- $edges = "session-edge" -}}
{{- end -}}
{{- if $edges -}}
{{- $callers = append $callers $edges -}}
{{- end -}}
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
    # gRPC has no password: only this release's own services, its test, and Prometheus.
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/instance: {{ .Release.Name }}
            matchExpressions:
              - {key: app.kubernetes.io/component, operator: In, values: [{{ join ", " $callers }}]}
        {{- if and $edges (eq .Values.edge.exposure "HostNetwork") .Values.networkPolicy.nodeCidrs }}
        {{- include "macemu.nodePeers" . | nindent 8 }}
        {{- end }}
        {{- include "macemu.monitoringPeer" . | nindent 8 }}
      ports:
        - {port: 8010, protocol: TCP}
        {{- if .Values.grpcTls.enabled }}
        - {port: 8011, protocol: TCP}
        {{- end }}
    - ports:
        {{- range $protocol := list "UDP" "TCP" }}
        {{- if and (eq $dict.component "session") (ne $.root.Values.rtc.exposure "ClusterIP") }}
        - {port: {{ $.root.Values.sessions.ports.first }}, endPort: {{ $.root.Values.sessions.ports.last }}, protocol: {{ $protocol }}}
        {{- else }}
        - {port: {{ include "macemu.rtc.port" $.root }}, protocol: {{ $protocol }}}
        {{- end }}
        {{- end }}
      {{- with .Values.networkPolicy.viewerCidrs }}
      from:
        {{- range . }}
        - ipBlock: {cidr: {{ . | quote }}}
        {{- end }}
      {{- end }}
  {{- if or (gt (int .Values.media.viewers.maxAdaptive) 0) .Values.rtc.advertise }}
  egress:
    {{- if gt (int .Values.media.viewers.maxAdaptive) 0 }}
    # Viewers on the adaptive lane are looked for at their own addresses.
    - ports:
        - {protocol: UDP, port: 1024, endPort: 65535}
      {{- with .Values.networkPolicy.viewerCidrs }}
      to:
        {{- range . }}
        - ipBlock: {cidr: {{ . | quote }}}
        {{- end }}
      {{- end }}
    {{- end }}
    {{- if .Values.rtc.advertise }}
    {{- include "macemu.dnsEgress" . | nindent 4 }}
    {{- end }}
  {{- else }}
  # Nothing is called from here; viewers' packets are answers.
  egress: []
  {{- end }}
{{- end -}}
{{- end -}}
