/**
 * The fields of Kubernetes 1.0 to 1.37 by type (k8s.io/api/core/v1), those that launch reads and those that have no bearing on
 * what a container may do. Whatever else there is goes to `others`.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const knownKeys = {
  pod: words('apiVersion kind metadata spec status'),
  metadata: words(`name generateName namespace labels annotations uid resourceVersion generation creationTimestamp
    deletionTimestamp deletionGracePeriodSeconds ownerReferences finalizers managedFields selfLink clusterName`),
  podSpec: words(`volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds
    activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount automountServiceAccountToken nodeName
    hostNetwork hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity
    schedulerName tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName
    enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates
    resourceClaims resources hostnameOverride workloadRef schedulingGroup
    evictionResponders`),
  podSecurityContext: words(`seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot supplementalGroups
    supplementalGroupsPolicy fsGroup sysctls fsGroupChangePolicy seccompProfile appArmorProfile seLinuxChangePolicy`),
  container: words(`name image command args workingDir ports envFrom env resources resizePolicy restartPolicy
    restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle
    terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty`),
  ephemeralContainer: words(`name image command args workingDir ports envFrom env resources resizePolicy restartPolicy
    restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle
    terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty
    targetContainerName`),
  securityContext: words(`capabilities privileged seLinuxOptions windowsOptions runAsUser runAsGroup runAsNonRoot
    readOnlyRootFilesystem allowPrivilegeEscalation procMount seccompProfile appArmorProfile`),
  capabilities: words('add drop'),
  seLinuxOptions: words('user role type level'),
  profile: words('type localhostProfile'),
  windowsOptions: words('gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess'),
  sysctl: words('name value'),
  port: words('name hostPort containerPort protocol hostIP'),
  variable: words('name value valueFrom'),
  valueFrom: words('fieldRef resourceFieldRef configMapKeyRef secretKeyRef fileKeyRef'),
  keyRef: words('name key optional'),
  fieldRef: words('apiVersion fieldPath'),
  resourceFieldRef: words('containerName resource divisor'),
  fileKeyRef: words('volumeName path key optional'),
  envFrom: words('prefix configMapRef secretRef'),
  objectRef: words('name optional'),
  projection: words('secret downwardAPI configMap serviceAccountToken clusterTrustBundle podCertificate'),
  mount: words('name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr'),
  volumeDevice: words('name devicePath'),
  probe: words(`exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold
    failureThreshold terminationGracePeriodSeconds`),
  lifecycle: words('postStart preStop stopSignal'),
  handler: words('exec httpGet tcpSocket sleep'),
  exec: words('command'),
  peer: words('path port host scheme httpHeaders'),
  resources: words('limits requests claims'),
  claim: words('name request'),
} as const;

/** Kinds of volumes (VolumeSource), those that were removed included. */
export const volumeKinds =
  words(`hostPath emptyDir gcePersistentDisk awsElasticBlockStore gitRepo secret nfs iscsi glusterfs
  persistentVolumeClaim rbd flexVolume cinder cephfs flocker downwardAPI fc azureFile configMap vsphereVolume quobyte azureDisk
  photonPersistentDisk projected portworxVolume scaleIO storageos csi ephemeral image`);

/** The fields of those sources of volumes that launch reads. */
export const volumeSourceKeys: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['hostPath', words('path type')],
  ['emptyDir', words('medium sizeLimit')],
  ['configMap', words('name items defaultMode optional')],
  ['secret', words('secretName items defaultMode optional')],
  ['downwardAPI', words('items defaultMode')],
  ['projected', words('sources defaultMode')],
  ['image', words('reference pullPolicy')],
  ['persistentVolumeClaim', words('claimName readOnly')],
  ['nfs', words('server path readOnly')],
  ['csi', words('driver readOnly fsType volumeAttributes nodePublishSecretRef')],
]);
