import Testing

private let data = RealData.probes

@Suite(.enabled(if: RealData.isPresent, RealData.absence))
struct `HTTP probes` {
  @Test func `have the stated rows, sites and span`() throws {
    try expect(
      """
      SELECT count(*), count(DISTINCT repo), count(DISTINCT repo || '/' || site), min(ts), max(ts),
        count(DISTINCT ts::date)
      FROM probes
      """, in: data, "35903 | 21 | 190 | 2021-06-11 19:59:40+00 | 2026-08-22 18:25:37+00 | 1788")
    try expect(
      """
      SELECT status, count(*), min(response_ms), max(response_ms) FROM probes
      GROUP BY status ORDER BY 2 DESC
      """, in: data, "up | 29928 | 0 | 29968", "down | 5937 | 0 | 42419",
      "degraded | 38 | 0 | 25671")
    try expect(
      "SELECT http_code, count(*) FROM probes GROUP BY http_code ORDER BY 2 DESC LIMIT 8", in: data,
      "200 | 28432", "0 | 4148", "401 | 1156", "500 | 640", "404 | 527", "502 | 259", "403 | 214",
      "405 | 164")
    try expect(
      "SELECT extract(year FROM ts) AS year, count(*) FROM probes GROUP BY year ORDER BY year",
      in: data, "2021 | 483", "2022 | 4919", "2023 | 6700", "2024 | 11051", "2025 | 4645",
      "2026 | 8105")
    try expect(
      """
      SELECT ts::date AS day, count(*), count(DISTINCT repo || '/' || site),
        count(*) FILTER (WHERE status = 'down')
      FROM probes WHERE ts::date IN ('2023-11-15', '2024-06-01', '2026-08-01')
      GROUP BY day ORDER BY day
      """, in: data, "2023-11-15 | 71 | 22 | 28", "2024-06-01 | 31 | 29 | 4",
      "2026-08-01 | 50 | 49 | 0")
  }

  @Test func `have the stated quantiles`() throws {
    try expect(
      """
      SELECT percentile_disc(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY response_ms),
        sum(response_ms)
      FROM probes WHERE status = 'up'
      """, in: data, "{327,1345,2658,19243} | 30273451")
    try expect(
      """
      SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY response_ms), 3),
        round(percentile_cont(0.9) WITHIN GROUP (ORDER BY response_ms), 3),
        round(percentile_cont(0.95) WITHIN GROUP (ORDER BY response_ms), 3),
        round(percentile_cont(0.99) WITHIN GROUP (ORDER BY response_ms), 3)
      FROM probes WHERE status = 'up'
      """, in: data, "327.5 | 1344.3 | 2657.65 | 19241.65")
    try expect(
      """
      SELECT percentile_disc(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY response_ms),
        round(percentile_cont(0.9) WITHIN GROUP (ORDER BY response_ms), 3),
        round(percentile_cont(0.95) WITHIN GROUP (ORDER BY response_ms), 3),
        round(percentile_cont(0.99) WITHIN GROUP (ORDER BY response_ms), 3)
      FROM probes
      """, in: data, "{267,1217,2349,18380} | 1216.8 | 2348.7 | 18379.18")
    // The shares of rows around the estimates hold the fractions asked for.
    try expect(
      "SELECT approx_quantile(response_ms, 0.5) FROM probes WHERE status = 'up'", in: data,
      near: 327, within: 0.02)
    try expect(
      "SELECT approx_quantile(response_ms, 0.95) FROM probes WHERE status = 'up'", in: data,
      near: 2_658, within: 0.02)
  }

  @Test func `have the stated numbers by service`() throws {
    try expect(
      """
      SELECT repo, site, count(*), count(*) FILTER (WHERE status = 'down'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY response_ms) FILTER (WHERE status = 'up'),
        percentile_disc(0.95) WITHIN GROUP (ORDER BY response_ms) FILTER (WHERE status = 'up')
      FROM probes
      WHERE site ~ '^(OpenAI|Anthropic)'
        AND repo IN ('happy-doc/HappyStatus', 'adrianwedd/status', 'somehow22/upptime',
          'HeyMaslo/status') AND site IN ('OpenAI', 'Anthropic (Claude)')
      GROUP BY repo, site ORDER BY 3 DESC
      """, in: data, "happy-doc/HappyStatus | OpenAI | 428 | 61 | 176 | 329",
      "adrianwedd/status | Anthropic (Claude) | 233 | 38 | 167 | 350",
      "adrianwedd/status | OpenAI | 162 | 1 | 609 | 921",
      "somehow22/upptime | OpenAI | 97 | 97 | NULL | NULL",
      "HeyMaslo/status | OpenAI | 16 | 0 | 737 | 915")
  }

  @Test func `have the stated numbers by repository`() throws {
    try expect(
      """
      SELECT repo, count(*), count(DISTINCT site), count(*) FILTER (WHERE status = 'down'),
        percentile_disc(0.5) WITHIN GROUP (ORDER BY response_ms) FILTER (WHERE status = 'up'),
        percentile_disc(0.95) WITHIN GROUP (ORDER BY response_ms) FILTER (WHERE status = 'up')
      FROM probes GROUP BY repo ORDER BY 2 DESC
      """, in: data,
      "Kamva/products-uptime | 5492 | 14 | 1862 | 1835 | 22071",
      "adrianwedd/status | 4815 | 46 | 449 | 188 | 766",
      "EddieHubCommunity/monitoring | 3925 | 7 | 419 | 628 | 1263",
      "greencent/upptime | 3169 | 3 | 253 | 686 | 1345",
      "jackbord/status | 3013 | 9 | 31 | 225 | 1180",
      "DaalBot/upptime | 2708 | 6 | 249 | 187 | 462",
      "Adityacprtm/uptime | 2357 | 4 | 147 | 170 | 424",
      "Jrp-best-hosting/status | 2064 | 11 | 847 | 241 | 921",
      "happy-doc/HappyStatus | 1769 | 7 | 134 | 162 | 468",
      "iamport/service-status | 1736 | 4 | 635 | 632 | 1022",
      "ilovetocode2019/chatom-uptime | 1452 | 2 | 650 | 184 | 322",
      "17labs-ai/status-page | 1038 | 23 | 14 | 242 | 630",
      "getqarote/status | 616 | 5 | 3 | 264 | 580",
      "gnosis/cow-uptime | 537 | 10 | 8 | 449 | 2388",
      "hannesWeb/uptimecheck | 472 | 3 | 48 | 546 | 875",
      "somehow22/upptime | 200 | 3 | 100 | 355 | 478",
      "igordrangel/solicita.ai-status | 176 | 5 | 70 | 382 | 23156",
      "0xMRTT/status | 159 | 8 | 6 | 392 | 1348",
      "2gather-nyxus/upptime | 101 | 13 | 9 | 490 | 1451",
      "HeyMaslo/status | 64 | 4 | 1 | 519 | 900",
      "Kaedim/kaedim_status | 40 | 3 | 2 | 444 | 1843")
  }
}
