import type { TrafficModel, TrafficRemark } from '../../model/index.ts';
import { readAws } from './aws/read-aws.ts';
import { readAzure } from './azure/read-azure.ts';
import type { CloudFile, CloudOptions, CloudPlatform } from './cloud-platform.ts';
import { readGoogle } from './google/read-google.ts';

const readers = { aws: readAws, google: readGoogle, azure: readAzure };

/**
 * Who may talk to whom by the rules of a cloud that were exported to files: Terraform's state (`terraform show -json`), plan or
 * JSON configuration, or what `aws`, `gcloud` and `az` list. Where something cannot be told, what may be allowed counts as allowed,
 * and what may be denied does not; each is a remark. Throws SegmentationError `bad-rules` that names file and path.
 */
export function readCloudTraffic(
  platform: CloudPlatform,
  files: readonly CloudFile[],
  options: CloudOptions = {},
): { readonly model: TrafficModel; readonly remarks: readonly TrafficRemark[] } {
  const { model, remarks } = readers[platform](files, options);
  if (model.endpoints.length > 0) return { model, remarks };
  const [file] = files;
  const source = { document: platform, path: 'rules', ...(file ? { at: file.path } : {}) };
  return {
    model,
    remarks: [...remarks, { kind: 'unsupported', source, message: 'The files have no rules of this cloud' }],
  };
}
