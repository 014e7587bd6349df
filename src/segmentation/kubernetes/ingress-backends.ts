import type { TrafficRemark, TrafficSource } from '../../model/index.ts';
import type { ContainerPort } from './cluster-pods.ts';
import { namespaceOf } from './cluster-pods.ts';
import { type LabelSelector, selectorOf } from './label-selector.ts';
import type { ManifestDocument } from './manifest-documents.ts';
import { ManifestField, readUnlessTemplate } from './manifest-field.ts';
import type { PodIndex } from './pod-index.ts';

/** Pods that what comes into the cluster is led to, and over which of their ports of TCP. */
export interface IngressBackend {
  /** An index of Pods. */
  readonly pods: number;
  readonly ports: readonly number[];
  readonly source: TrafficSource;
}

interface Service {
  readonly namespace: string;
  readonly selector: LabelSelector | undefined;
  readonly ports: readonly ServicePort[];
}
interface ServicePort {
  readonly name: string | undefined;
  readonly port: number;
  /** Of the Pods. */
  readonly target: number | string;
}

/** The Service and its port that an Ingress, a Route or a route of the Gateway API names. */
interface Target {
  readonly namespace: string;
  readonly service: string;
  /** Undefined: all its ports. */
  readonly port: number | string | undefined;
  readonly source: TrafficSource;
}

export const ingressKinds: Readonly<Record<string, string>> = {
  Ingress: 'networking.k8s.io',
  Route: 'route.openshift.io',
  HTTPRoute: 'gateway.networking.k8s.io',
  GRPCRoute: 'gateway.networking.k8s.io',
  TLSRoute: 'gateway.networking.k8s.io',
  TCPRoute: 'gateway.networking.k8s.io',
};

/** Where the controllers of Ingress and alike lead to. What leads nowhere is told. Throws SegmentationError `bad-rules`. */
export function readIngressBackends(
  documents: readonly ManifestDocument[],
  services: readonly ManifestDocument[],
  index: PodIndex,
  remarks: TrafficRemark[],
): readonly IngressBackend[] {
  const known = new Map(
    services.flatMap((document) => readUnlessTemplate(document, remarks, () => [readService(document)]) ?? []),
  );
  const backends: IngressBackend[] = [];
  for (const target of documents.flatMap(
    (document) => readUnlessTemplate(document, remarks, () => readTargets(document, remarks)) ?? [],
  )) {
    const { source } = target;
    const tell = (message: string) => remarks.push({ kind: 'unsupported', source, message });
    const service = known.get(`${target.namespace}/${target.service}`);
    const selector = service?.selector;
    if (service === undefined || selector === undefined) {
      tell(`the Service ${target.namespace}/${target.service} ${service ? 'selects no Pods' : 'is not there'}`);
      continue;
    }
    const isRoute = source.document.startsWith('Route ');
    const ports = service.ports.filter((port) => leadsTo(port, target.port, isRoute));
    if (ports.length === 0) tell(`the Service ${target.namespace}/${target.service} has no such port`);
    const pods = index.select({ namespaces: { name: service.namespace }, pods: selector });
    if (pods.length === 0) tell(`the Service ${target.namespace}/${target.service} has no Pods`);
    for (const pod of pods) {
      const declared = index.pods[pod]?.ports ?? [];
      const numbers = ports.map(({ target: port }) => findPort(declared, port)).filter((port) => port !== undefined);
      if (numbers.length > 0) backends.push({ pods: pod, ports: numbers, source });
      else if (ports.length > 0)
        tell(`${index.pods[pod]?.id} declares no port that the Service leads to: it is not listed`);
    }
  }
  return backends;
}

function leadsTo(port: ServicePort, wanted: number | string | undefined, isRoute: boolean): boolean {
  if (wanted === undefined || port.port === wanted) return true;
  // A Route may name the port of the Pods as well.
  return (port.name !== undefined && port.name === wanted) || (isRoute && port.target === wanted);
}

function findPort(declared: readonly ContainerPort[], target: number | string): number | undefined {
  return declared.find(({ protocol, port, name }) => protocol === 'tcp' && (port === target || name === target))?.port;
}

function readService(document: ManifestDocument): readonly [string, Service] {
  const top = ManifestField.of(document);
  const spec = top.field('spec');
  const namespace = namespaceOf(top);
  const selector = [...spec.field('selector').texts()];
  const ports = (spec.field('ports').items() ?? [])
    .filter((port) => (port.field('protocol').text() ?? 'TCP') === 'TCP')
    .map((port) => {
      const number = port.field('port').need(port.field('port').whole(1, 65_535));
      return {
        name: port.field('name').text() || undefined,
        port: number,
        target: readPort(port.field('targetPort')) ?? number,
      };
    });
  const requirements = selector.map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
  return [
    `${namespace}/${top.field('metadata').field('name').text() ?? ''}`,
    { namespace, selector: requirements.length > 0 ? selectorOf(requirements) : undefined, ports },
  ];
}

/** A number or a name; 0 and empty are none. */
function readPort(field: ManifestField): number | string | undefined {
  if (field.isAbsent) return undefined;
  return (typeof field.value === 'string' ? field.text() : field.whole(0, 65_535)) || undefined;
}

function readTargets(document: ManifestDocument, remarks: TrafficRemark[]): readonly Target[] {
  const top = ManifestField.of(document);
  const namespace = namespaceOf(top);
  const spec = top.field('spec');
  if (document.kind === 'Ingress') return readIngress(spec, namespace, remarks);
  if (document.kind === 'Route') {
    const port = readPort(spec.field('port').field('targetPort'));
    return [spec.field('to'), ...(spec.field('alternateBackends').items() ?? [])].flatMap((to) => {
      if ((to.field('kind').text() || 'Service') === 'Service')
        return [{ namespace, service: to.field('name').text() ?? '', port, source: to.source() }];
      remarks.push({ kind: 'unsupported', source: to.source(), message: 'only Services are followed' });
      return [];
    });
  }
  return (spec.field('rules').items() ?? []).flatMap((rule) =>
    (rule.field('backendRefs').items() ?? []).flatMap((reference) => {
      const port = readPort(reference.field('port'));
      if ((reference.field('kind').text() || 'Service') === 'Service' && !reference.field('group').text()) {
        const service = reference.field('name').text() ?? '';
        return [
          { namespace: reference.field('namespace').text() || namespace, service, port, source: reference.source() },
        ];
      }
      remarks.push({ kind: 'unsupported', source: reference.source(), message: 'only Services are followed' });
      return [];
    }),
  );
}

function readIngress(spec: ManifestField, namespace: string, remarks: TrafficRemark[]): readonly Target[] {
  const paths = (spec.field('rules').items() ?? []).flatMap((rule) => rule.field('http').field('paths').items() ?? []);
  const backends = [spec.field('defaultBackend'), ...paths.map((path) => path.field('backend'))];
  return backends.flatMap((backend) => {
    if (backend.isAbsent) return [];
    const service = backend.field('service');
    if (service.isAbsent) {
      remarks.push({ kind: 'unsupported', source: backend.source(), message: 'only Services are followed' });
      return [];
    }
    const port = service.field('port');
    return [
      {
        namespace,
        service: service.field('name').text() ?? '',
        port: port.field('name').text() || readPort(port.field('number')),
        source: backend.source(),
      },
    ];
  });
}
