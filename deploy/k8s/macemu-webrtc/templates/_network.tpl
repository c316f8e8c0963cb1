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
        {{- if eq .root.Values.rtc.exposure "HostNetwork" }}
        # The Mac has its node's address, which no pod selector matches.
        - ipBlock: {cidr: 0.0.0.0/0}
        - ipBlock: {cidr: "::/0"}
        {{- end }}
      ports:
        - {port: 8010, protocol: TCP}
{{- end -}}
