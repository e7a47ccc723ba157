{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/* Names in the release's namespace: RELEASE-COMPONENT. Call with (list $ "component"). Leaves room for pods' suffixes. */}}
{{- define "l34.name" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s" ($root.Release.Name | trunc 40 | trimSuffix "-") (index . 1) -}}
{{- end -}}

{{/* Names of objects without a namespace: two releases of one name may be in two namespaces. */}}
{{- define "l34.clusterName" -}}
{{- $root := index . 0 -}}
{{- printf "%s:%s:%s" $root.Release.Namespace $root.Release.Name (index . 1) -}}
{{- end -}}

{{/* The same for kinds whose names must be DNS subdomains. */}}
{{- define "l34.clusterDnsName" -}}
{{- $root := index . 0 -}}
{{- printf "%s-%s-%s" $root.Release.Name (index . 1) $root.Release.Namespace | trimSuffix "-" -}}
{{- end -}}

{{/* What a Deployment selects its pods by; never changes. */}}
{{- define "l34.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: l34-gateway
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "l34.labels" -}}
{{- $root := index . 0 -}}
{{ include "l34.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: l34-gateway
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Call with (list $ "repository" "digest"). */}}
{{- define "l34.image" -}}
{{- $root := index . 0 -}}
{{- $images := $root.Values.images -}}
{{- if index . 2 -}}
{{- printf "%s/%s@%s" $images.registry (index . 1) (index . 2) -}}
{{- else -}}
{{- printf "%s/%s:%s" $images.registry (index . 1) ($images.tag | default $root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "l34.gatewayImage" -}}
{{ include "l34.image" (list . "l34-gateway" .Values.images.gatewayDigest) }}
{{- end -}}

{{- define "l34.birdImage" -}}
{{ include "l34.image" (list . "bird" .Values.images.birdDigest) }}
{{- end -}}

{{/* What stands between a pod's metadata and its containers and is the same in every component. */}}
{{- define "l34.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "l34.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- end -}}

{{/* Two replicas on one node are no two replicas; preferred, so that a cluster of one node gets both. */}}
{{- define "l34.spread" -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- include "l34.selector" . | nindent 14 }}
{{- end -}}

{{- define "l34.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 1
  timeoutSeconds: 2
  failureThreshold: 120
livenessProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 20
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: health}
  periodSeconds: 3
  timeoutSeconds: 2
{{- end -}}

{{/* The restricted Pod Security Standard. */}}
{{- define "l34.restrictedPod" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "l34.restrictedContainer" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* Who the process is. */}}
{{- define "l34.identity" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
{{- end -}}

{{/* What both webhooks have. */}}
{{- define "l34.webhook" -}}
admissionReviewVersions: [v1]
sideEffects: None
# A webhook that runs later may add the labels that a Service selects.
reinvocationPolicy: IfNeeded
timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
clientConfig:
  service:
    name: {{ include "l34.name" (list . "webhook") }}
    namespace: {{ .Release.Namespace }}
    path: /mutate--v1-pod
rules:
  - {operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods], scope: Namespaced}
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ toJson .Values.webhook.excludedNamespaces }}
{{- end }}
