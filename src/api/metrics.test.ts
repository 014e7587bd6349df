import { afterEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../test/fakes/api.ts';

let test: TestApi;
afterEach(() => test.api.close());

describe('GET /metrics', () => {
  it('tells the numbers of the fleet as they are when it is asked', async () => {
    test = await createTestApi();
    const overview = await test.services.overview();
    const ask = async () => (await test.api.inject({ url: '/metrics', headers: test.bearer })).body;
    const lines = (await ask()).split('\n');
    expect(lines).toContain(`portwarden_containers_running ${overview.containersRunning}`);
    expect(lines).toContain(`portwarden_images{state="failed"} ${overview.images.failed}`);
    expect(lines).toContain(`portwarden_findings_running{severity="critical"} ${overview.severitiesRunning.critical}`);
    expect(lines).toContain(`portwarden_feed_age_seconds{feed="osv-go"} ${19 * 24 * 60 * 60}`);
    expect(lines).toContain('portwarden_containers_by_look{state="drifted"} 3');
    expect(lines).toContain('portwarden_containers_by_look{state="not-looked-at"} 1');
    expect(lines).toContain('portwarden_engine_watched{host="harbor-1",engine="podman"} 0');
    expect(lines.join('\n')).not.toContain('feed_age_seconds{feed="alpine"}');

    // Asked twice, and counted once.
    await ask();
    const segmentation = (await ask()).split('\n').filter((line) => /^portwarden_(segmentation|traffic)_/.test(line));
    expect(segmentation).toContain('portwarden_segmentation_state{host="harbor-1",state="in-force"} 1');
    expect(segmentation).toContain('portwarden_segmentation_state{host="harbor-2",state="in-force"} 0');
    expect(segmentation).toContain('portwarden_segmentation_state{host="harbor-2",state="unknown"} 1');
    expect(segmentation).toContain('portwarden_segmentation_containers_waiting{host="harbor-1"} 2');
    expect(segmentation).toContain('portwarden_traffic_attempts_total{host="harbor-1",outcome="refused"} 5');
    expect(segmentation).toContain('portwarden_traffic_listed_attempts_total{host="harbor-1"} 3');
    expect(segmentation).toContain('portwarden_traffic_spoofed_packets_total{host="harbor-1"} 4');
    expect(segmentation).toHaveLength(10 + 2 + 3 + 2);

    await test.services.feeds.remove('osv-go');
    expect(await ask()).not.toContain('osv-go');
  });

  it('counts answers by route, never by path', async () => {
    test = await createTestApi();
    await test.api.inject({ url: '/api/v1/images/secret-name', headers: test.bearer });
    await test.api.inject({ url: '/somewhere/else' });
    const { body, headers } = await test.api.inject({ url: '/metrics', headers: test.bearer });
    expect(headers['content-type']).toMatch(/^text\/plain; version=/);
    expect(body).toContain(
      'portwarden_http_request_duration_seconds_count{method="GET",route="/api/v1/images/:image",status="404"} 1',
    );
    expect(body).not.toMatch(/secret-name|somewhere/);
  });

  it('is open only where it is said to be', async () => {
    test = await createTestApi();
    expect((await test.api.inject({ url: '/metrics' })).statusCode).toBe(401);
    await test.api.close();
    test = await createTestApi({ openMetrics: true });
    expect((await test.api.inject({ url: '/metrics' })).statusCode).toBe(200);
  });
});
