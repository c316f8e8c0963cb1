{{/* The two services that browsers call, signaling and control, differ in their settings only. */}}

{{/* Deployment. Takes a dict of root, component and env, the settings of its own as text. */}}
{{- define "macemu.webDeployment" -}}
{{- $values := index .root.Values .component -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "macemu.metadata" . | nindent 2 }}
spec:
  replicas: {{ $values.replicas }}
  selector:
    matchLabels:
      {{- include "macemu.selectorLabels" . | nindent 6 }}
  strategy:
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
  template:
    metadata:
      labels:
        {{- include "macemu.labels" . | nindent 8 }}
        {{- with $values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "macemu.podSecurity" . | nindent 6 }}
      terminationGracePeriodSeconds: 30
      {{- with include "macemu.placement" $values | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "macemu.selectorLabels" . | nindent 14 }}
      containers:
        - name: {{ .component }}
          {{- include "macemu.containerImage" (dict "root" .root "image" $values.image) | nindent 10 }}
          ports:
            - {name: http, containerPort: {{ $values.service.port }}}
          env:
            {{- include "macemu.serviceEnv" .root | nindent 12 }}
            - {name: QUARKUS_HTTP_PORT, value: {{ $values.service.port | quote }}}
            {{- include "macemu.access.env" .root | nindent 12 }}
            {{- include "macemu.mediaTargetEnv" .root | nindent 12 }}
            {{- with .env | trim }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with include "macemu.env" $values.env | trim }}
            {{- . | nindent 12 }}
            {{- end }}
          {{- include "macemu.probes" .root | nindent 10 }}
          lifecycle:
            # Ingress controllers hear of the end some seconds after it began.
            preStop:
              exec: {command: [sleep, "5"]}
          {{- include "macemu.containerSecurity" .root | nindent 10 }}
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- if not .root.Values.access.open }}
            - {name: access, mountPath: /etc/macemu/access, readOnly: true}
            {{- end }}
            {{- with include "macemu.grpcTls.mount" .root }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir:
            sizeLimit: 64Mi
        {{- if not .root.Values.access.open }}
        - name: access
          secret:
            secretName: {{ include "macemu.access.secret" .root }}
            defaultMode: 0440
        {{- end }}
        {{- with include "macemu.grpcTls.volume" .root }}
        {{- . | nindent 8 }}
        {{- end }}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}

{{/* Service. Takes a dict of root and component. */}}
{{- define "macemu.webService" -}}
{{- $service := (index .root.Values .component).service -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "macemu.metadata" (merge (dict "annotations" $service.annotations) .) | nindent 2 }}
spec:
  type: {{ $service.type }}
  selector:
    {{- include "macemu.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ $service.port }}
      targetPort: {{ $service.port }}
      {{- with $service.nodePort }}
      nodePort: {{ . }}
      {{- end }}
{{- end -}}

{{/* PodDisruptionBudget, where there is a second replica to go on with. Takes a dict of root and component. */}}
{{- define "macemu.webPodDisruptionBudget" -}}
{{- if and .root.Values.podDisruptionBudget.enabled (gt (int (index .root.Values .component).replicas) 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "macemu.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "macemu.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end -}}
