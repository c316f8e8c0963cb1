{{/*
What the schema cannot say, because it is about several values at once. Included by the Mac's pod, so that nothing is
rendered before all of it holds. Each message says what was found, why that cannot work and what to do.
*/}}
{{- define "macemu.validate" -}}
{{- if and .Values.access.open .Values.access.existingSecret -}}
{{- fail (printf `

access.open is true, and access.existingSecret is %s: with keys, everybody is asked for a token. Leave one of
the two out.`
        .Values.access.existingSecret) -}}
{{- end -}}
{{- if and .Values.grpcTls.existingSecret .Values.grpcTls.issuer.name -}}
{{- fail `

grpcTls.existingSecret and grpcTls.issuer.name are both set: the issuer makes the secret, or you do.` -}}
{{- end -}}
{{- if and (not .Values.grpcTls.enabled) (or .Values.grpcTls.existingSecret .Values.grpcTls.issuer.name) -}}
{{- fail `

grpcTls names a certificate, and grpcTls.enabled is false: set it to true.` -}}
{{- end -}}

{{- if and .Values.mac.nativeSidecar (semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version) -}}
{{- fail (printf `

mac.nativeSidecar is true, and this cluster is Kubernetes %s: native sidecars came with 1.29. Set
mac.nativeSidecar=false.`
        .Capabilities.KubeVersion.Version) -}}
{{- end -}}

{{- $rtc := .Values.rtc -}}
{{- $port := include "macemu.rtc.port" . | int -}}
{{- if and (eq $rtc.exposure "NodePort") (or (lt $port 30000) (gt $port 32767)) -}}
{{- fail (printf `

rtc.port is %d, and rtc.exposure is NodePort: nodes open ports 30000 to 32767 only, and browsers are told the
port that the media-service listens on, so both must be the same number. Leave rtc.port out (30189), or use
another exposure.`
        $port) -}}
{{- end -}}
{{- if has $port (list 8010 8011 (int .Values.control.service.port) (int .Values.signaling.service.port)) -}}
{{- fail (printf `

rtc.port is %d, which another part of the product listens on (8010, 8011, control %d, signaling %d). Choose another.`
        $port (int .Values.control.service.port) (int .Values.signaling.service.port)) -}}
{{- end -}}
{{- if and (eq $rtc.exposure "LoadBalancer") (not (include "macemu.rtc.advertise" .)) -}}
{{- fail `

rtc.exposure is LoadBalancer, and no address is known to tell browsers. Reserve an address and give it as
rtc.service.loadBalancerIP, or give the load balancer's address or host name as rtc.advertise.` -}}
{{- end -}}
{{- if and $rtc.service.loadBalancerIP (ne $rtc.exposure "LoadBalancer") -}}
{{- fail (printf `

rtc.service.loadBalancerIP is set, and rtc.exposure is %s: set rtc.exposure=LoadBalancer, or leave the address
out.`
        $rtc.exposure) -}}
{{- end -}}
{{- range $rtc.advertise -}}
{{- if or (has . (list "0.0.0.0" "::" "255.255.255.255")) (hasPrefix "169.254." .) (hasPrefix "fe80:" (lower .)) -}}
{{- fail (printf `

rtc.advertise has %s, which no browser can send to: give the address browsers reach the Mac's node or its load
balancer at.`
        .) -}}
{{- end -}}
{{- if and (eq $rtc.exposure "LoadBalancer") (or (hasPrefix "127." .) (eq . "::1") (eq . "localhost")) -}}
{{- fail (printf `

rtc.advertise has %s, and rtc.exposure is LoadBalancer: a browser would look for the Mac on its own machine.`
        .) -}}
{{- end -}}
{{- end -}}

{{- $video := .Values.media.video -}}
{{- if or (gt (int $video.minBitrate) (int $video.bitrate)) (gt (int $video.bitrate) (int $video.maxBitrate)) -}}
{{- fail (printf `

media.video: minBitrate %d, bitrate %d, maxBitrate %d; they must not fall in this order.`
        (int $video.minBitrate) (int $video.bitrate) (int $video.maxBitrate)) -}}
{{- end -}}
{{- if gt (int .Values.media.viewers.maxAdaptive) (int .Values.media.viewers.max) -}}
{{- fail (printf `

media.viewers.maxAdaptive is %d, more than media.viewers.max, which is %d.`
        (int .Values.media.viewers.maxAdaptive) (int .Values.media.viewers.max)) -}}
{{- end -}}
{{- $closed := has $rtc.exposure (list "NodePort" "LoadBalancer" "HostPort") -}}
{{- if and (gt (int .Values.media.viewers.maxAdaptive) 0) $closed (not .Values.turn.urls) -}}
{{- fail (printf `

media.viewers.maxAdaptive is %d, and rtc.exposure is %s: each of these viewers has a UDP port of its own, which
is reached by nobody. Set it to 0, name a TURN server in turn.urls, or use rtc.exposure=HostNetwork.`
        (int .Values.media.viewers.maxAdaptive) $rtc.exposure) -}}
{{- end -}}

{{- $mac := .Values.mac -}}
{{- $tooWide := gt (int $mac.screen.width) (int $mac.maxScreen.width) -}}
{{- $tooHigh := gt (int $mac.screen.height) (int $mac.maxScreen.height) -}}
{{- if or $tooWide $tooHigh -}}
{{- fail (printf `

mac.screen is %dx%d, greater than mac.maxScreen, which is %dx%d: raise maxScreen.`
        (int $mac.screen.width) (int $mac.screen.height) (int $mac.maxScreen.width) (int $mac.maxScreen.height)) -}}
{{- end -}}
{{- $onlySessions := and .Values.sessions.enabled (eq (int $mac.replicas) 0) -}}
{{- if and $mac.rom (not (or $mac.roms.existingClaim $mac.disks.enabled $onlySessions)) -}}
{{- fail (printf `

mac.rom is %s, and there is no volume of ROMs: name its claim in mac.roms.existingClaim, or set
mac.disks.enabled=true and upload it.`
        $mac.rom) -}}
{{- end -}}
{{- if and $mac.disks.existingClaim (not $mac.disks.enabled) -}}
{{- fail (printf `

mac.disks.existingClaim is %s, and mac.disks.enabled is false: set it to true.`
        $mac.disks.existingClaim) -}}
{{- end -}}

{{- $relays := false -}}
{{- range .Values.turn.urls -}}{{- if hasPrefix "turn" . -}}{{- $relays = true -}}{{- end -}}{{- end -}}
{{- $shared := .Values.turn.sharedSecret.existingSecret -}}
{{- if and $relays (not .Values.turn.existingSecret) (not $shared) -}}
{{- fail `

turn.urls names a TURN server, and neither turn.sharedSecret.existingSecret nor turn.existingSecret is set: TURN
servers ask for a user name and a password.` -}}
{{- end -}}
{{- if and $shared .Values.turn.existingSecret -}}
{{- fail `

turn.sharedSecret.existingSecret and turn.existingSecret are both set: viewers are told passwords of their own, or
one for all.` -}}
{{- end -}}
{{- if and (or $shared .Values.turn.existingSecret) (not $relays) -}}
{{- fail `

turn names a secret, and turn.urls names no TURN server to use it at.` -}}
{{- end -}}

{{- if .Values.sessions.enabled -}}
{{- $first := int .Values.sessions.ports.first -}}
{{- $last := int .Values.sessions.ports.last -}}
{{- if ne $rtc.exposure "ClusterIP" -}}
{{- if or (gt $first $last) (lt (add 1 (sub $last $first)) (int .Values.sessions.max)) -}}
{{- fail (printf `

sessions.ports are %d to %d, and sessions.max is %d: each Mac needs a port of its own.`
        $first $last (int .Values.sessions.max)) -}}
{{- end -}}
{{- if and (eq $rtc.exposure "NodePort") (or (lt $first 30000) (gt $last 32767)) -}}
{{- fail (printf `

sessions.ports are %d to %d, and rtc.exposure is NodePort: nodes open ports 30000 to 32767 only.`
        $first $last) -}}
{{- end -}}
{{- range $other := list $port 8010 8011 -}}
{{- if and (ge $other $first) (le $other $last) -}}
{{- fail (printf `

sessions.ports are %d to %d, and %d, which another part of the product listens on, is one of them.`
        $first $last $other) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.sessions.edges.enabled (not .Values.sessions.enabled) -}}
{{- fail `

sessions.edges.enabled is true, and sessions.enabled is false: set it to true. Edges of the release's own Mac are
edge.enabled.` -}}
{{- end -}}
{{- if and (eq (include "macemu.session.edges" .) "true") (ne .Values.edge.exposure "ClusterIP") -}}
{{- $first := int .Values.sessions.edges.firstPort -}}
{{- $last := include "macemu.session.edgeLastPort" . | int -}}
{{- if eq $rtc.exposure "ClusterIP" -}}
{{- fail (printf `

edge.exposure is %s, and rtc.exposure is ClusterIP: the port of a session's edges follows from its Mac's, and with
ClusterIP Macs have none of their own. Set edge.exposure=ClusterIP, or use another rtc.exposure.`
        .Values.edge.exposure) -}}
{{- end -}}
{{- if gt $last 65535 -}}
{{- fail (printf `

sessions.edges.firstPort is %d: the last of sessions.ports would have edges at %d, and ports end at 65535.`
        $first $last) -}}
{{- end -}}
{{- if and (le $first (int .Values.sessions.ports.last)) (ge $last (int .Values.sessions.ports.first)) -}}
{{- fail (printf `

sessions.edges.firstPort is %d, which gives edges the ports %d to %d, and Macs have sessions.ports, %d to %d: a node
may have both. Choose a range of its own.`
        $first $first $last (int .Values.sessions.ports.first) (int .Values.sessions.ports.last)) -}}
{{- end -}}
{{- $others := list $port 8010 8011 -}}
{{- if .Values.edge.enabled -}}{{- $others = append $others (int .Values.edge.rtcPort) -}}{{- end -}}
{{- range $other := $others -}}
{{- if and (ge $other $first) (le $other $last) -}}
{{- fail (printf `

sessions.edges.firstPort is %d, which gives edges the ports %d to %d, and %d, which another part of the product
listens on, is one of them.`
        $first $first $last $other) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $anyEdges := eq (include "macemu.edge.any" .) "true" -}}
{{- with .Values.edge -}}
{{- if and .enabled (gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) -}}
{{- fail (printf `

edge.autoscaling.minReplicas is %d, more than maxReplicas, which is %d.`
        (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas)) -}}
{{- end -}}
{{- if and $anyEdges (gt (int .autoscaling.targetViewers) (int .maxViewers)) -}}
{{- fail (printf `

edge.autoscaling.targetViewers is %d, more than edge.maxViewers, which is %d: edges would be full before another
one is started.`
        (int .autoscaling.targetViewers) (int .maxViewers)) -}}
{{- end -}}
{{- if and .enabled (ne .exposure "ClusterIP") (eq (int .rtcPort) $port) (has $rtc.exposure (list "HostPort" "HostNetwork")) -}}
{{- fail (printf `

edge.rtcPort is %d, which is the Mac's own port on its node: choose another.`
        (int .rtcPort)) -}}
{{- end -}}
{{- $policy := $.Values.networkPolicy -}}
{{- if and $anyEdges (eq .exposure "HostNetwork") (ne $rtc.exposure "HostNetwork") $policy.enabled (not $policy.nodeCidrs) -}}
{{- fail `

edge.exposure is HostNetwork, and networkPolicy.nodeCidrs is empty: edges call the Mac from their nodes' addresses,
which its network policy would not let in. Give the nodes' networks, or use edge.exposure=HostPort.` -}}
{{- end -}}
{{- end -}}

{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail `

ingress.enabled and httpRoute.enabled are both true: choose one.` -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail `

ingress.enabled is true, and ingress.host is empty: give the host name of the page.` -}}
{{- end -}}
{{- if .Values.httpRoute.enabled -}}
{{- if or (not .Values.httpRoute.host) (not .Values.httpRoute.parentRef.name) -}}
{{- fail `

httpRoute.enabled is true: give httpRoute.host, and the gateway's name as httpRoute.parentRef.name.` -}}
{{- end -}}
{{- end -}}
{{- range $name := list "signaling" "control" -}}
{{- $service := (index $.Values $name).service -}}
{{- if and $service.nodePort (eq $service.type "ClusterIP") -}}
{{- fail (printf `

%s.service.nodePort is %d, and %s.service.type is ClusterIP: set the type to NodePort.`
        $name (int $service.nodePort) $name) -}}
{{- end -}}
{{- end -}}
{{- $signaling := .Values.signaling.service -}}
{{- if and (eq $signaling.type "NodePort") (not $signaling.nodePort) (not (include "macemu.web.url" .)) -}}
{{- fail `

signaling.service.type is NodePort without a nodePort: the page must be told the port; give
signaling.service.nodePort.` -}}
{{- end -}}
{{- end -}}
