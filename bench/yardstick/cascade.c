/* Yardstick for the cascade engine: the same work in C, written for speed and nothing else.
 *
 *   cc -O3 -march=native -ffp-contract=off -o cascade cascade.c -lm
 *   ./cascade scan|indexed market.bin [repeats]
 *
 * Work: a jump of every size in the file on one factor, oracles without delay, liquidators without a price limit, constant
 * product pools without fee against one root asset, one option book hedged to zero at frozen volatilities. Rounds are
 * synchronous: all decisions from the same prices, then one batch. `scan` looks at every account in every round; `indexed`
 * keeps accounts grouped by their assets and sorted by health, one pointer a group and a wait list with a running bound.
 * Prints one line a shock (price of the first asset, bad debt, accounts liquidated) and the best time of all repeats.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  int32_t assets, accounts, collateralLegs, debtLegs, lines, shocks, root, bookAsset;
} Header;

static Header H;
static double *spot, *beta, *quantum, *reserveBase, *reserveQuote, *lt, *bonus, *soldShare, *rules;
static int32_t *cFirst, *cAsset, *dFirst, *dAsset;
static double *cUnits0, *dUnits0;
static double *isCall, *strike, *years, *vol, *quantity;
static double *shock;

/* State of one cascade. */
static double *cUnits, *dUnits, *market, *x, *sell, *buy;
static uint8_t *closedLeg, *writtenOff, *touched;
static int32_t *dirty, dirtyCount;
static double hedge, gross, badDebt;
static int32_t liquidated;

enum { NORMAL, FULL, FULL_BELOW, DUST, MIN_LEFT };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static double floorTo(double value, double q) {
  double steps = trunc(value / q);
  return steps * q;
}
static double roundTo(double value, double q) { return nearbyint(value / q) * q; }

/* Hedge curve: 1,024 nodes in ln p, four-point Lagrange, no stencil across the snapshot price. */
enum { NODES = 1024, ORIGIN = 682 };
static double curve[NODES];
static uint8_t filled[NODES];
static const double LN2 = 0.6931471805599453;

static double normalCdf(double d) { return 0.5 * erfc(-d * 0.7071067811865476); }

static double deltaAt(double s) {
  double sum = 0;
  for (int i = 0; i < H.lines; i++) {
    double dev = vol[i] * sqrt(years[i]);
    double d1 = log(s / strike[i]) / dev + dev / 2;
    sum += isCall[i] != 0 ? quantity[i] * normalCdf(d1) : -quantity[i] * normalCdf(-d1);
  }
  return sum;
}

static double node(int n) {
  if (!filled[n]) {
    curve[n] = deltaAt(spot[H.bookAsset] * exp((n - ORIGIN) * (LN2 / 341)));
    filled[n] = 1;
  }
  return curve[n];
}

static double bookDelta(double s) {
  double at = log(s / spot[H.bookAsset]) / (LN2 / 341) + ORIGIN;
  if (!(at >= 0 && at <= NODES - 1)) return deltaAt(s);
  int first = (int)floor(at) - 1;
  if (at < ORIGIN) {
    if (first > ORIGIN - 3) first = ORIGIN - 3;
    if (first < 0) first = 0;
  } else {
    if (first > NODES - 4) first = NODES - 4;
    if (first < ORIGIN) first = ORIGIN;
  }
  double t = at - first, y0 = node(first), y1 = node(first + 1), y2 = node(first + 2), y3 = node(first + 3);
  double a = t, b = t - 1, c = t - 2, d = t - 3;
  return -y0 * b * c * d / 6 + y1 * a * c * d / 2 - y2 * a * b * d / 2 + y3 * a * b * c / 6;
}

static double collateralWeighted(int32_t a) {
  double sum = 0;
  for (int32_t l = cFirst[a]; l < cFirst[a + 1]; l++)
    if (!closedLeg[l]) sum += cUnits[l] * market[cAsset[l]] * lt[cAsset[l]];
  return sum;
}
static double debtOf(int32_t a) {
  double sum = 0;
  for (int32_t l = dFirst[a]; l < dFirst[a + 1]; l++) sum += dUnits[l] * market[dAsset[l]];
  return sum;
}
static double healthOf(int32_t a) {
  double debt = debtOf(a);
  return debt > 0 ? collateralWeighted(a) / debt : INFINITY;
}

static void touch(int32_t a) {
  if (touched[a]) return;
  touched[a] = 1;
  dirty[dirtyCount++] = a;
}

/* Aave's rules for one pair: close factor, dust, leftovers; seized rounded down to the quantum. Adds to the batch. */
static int liquidate(int32_t a, double health) {
  int32_t cl = -1, dl = -1;
  for (int32_t l = cFirst[a]; l < cFirst[a + 1] && cl < 0; l++)
    if (!closedLeg[l] && cUnits[l] > 0) cl = l;
  double most = 0, total = 0;
  for (int32_t l = dFirst[a]; l < dFirst[a + 1]; l++) {
    double usd = dUnits[l] * market[dAsset[l]];
    total += usd;
    if (usd > most) { most = usd; dl = l; }
  }
  if (cl < 0 || dl < 0) return 0;
  int32_t c = cAsset[cl], d = dAsset[dl];
  double C = cUnits[cl], D = dUnits[dl], pc = market[c], pd = market[d];
  double per = pd * (1 + bonus[c]) / pc;
  double debtUsd = D * pd;
  int small = debtUsd < rules[DUST] || C * pc < rules[DUST];
  double factor = small || health <= rules[FULL_BELOW] ? rules[FULL] : rules[NORMAL];
  double limit = factor * total;
  double repay = limit >= debtUsd ? D : limit / pd;
  double seize = repay * per;
  if (repay != D && seize < C &&
      ((D - repay) * pd < rules[MIN_LEFT] || (C - seize) * pc < rules[MIN_LEFT])) {
    repay = D;
    seize = D * per;
  }
  int all = seize >= C, closes = repay == D && seize <= C;
  seize = floorTo(seize < C ? seize : C, quantum[c]);
  if (!closes) { double r = seize / per; repay = r < D ? r : D; }
  if (!(seize > 0)) return 0;
  touch(a);
  if (reserveBase[c] > 0) sell[c] += floorTo(seize * soldShare[c], quantum[c]);
  if (reserveBase[d] > 0) buy[d] += roundTo(repay, quantum[d]);
  cUnits[cl] -= seize;
  if (all) closedLeg[cl] = 1;
  if (closes) dUnits[dl] = 0;
  else { double left = dUnits[dl] - repay; dUnits[dl] = left > 0 ? left : 0; }
  liquidated++;
  int open = 0;
  for (int32_t l = cFirst[a]; l < cFirst[a + 1]; l++)
    if (!closedLeg[l] && cUnits[l] > 0) open = 1;
  if (!open && debtOf(a) > 0) writtenOff[a] = 1;
  return 1;
}

/* Orders of a round are sized at the same prices: the hedge first, then all liquidations; then the pools move. */
static int hedgeTrade(double *trade) {
  if (gross == 0) return 0;
  double exposure = bookDelta(market[H.bookAsset]) + hedge;
  *trade = floorTo(-exposure, quantum[H.bookAsset]);
  return fabs(*trade) >= 1e-9 * gross;
}

static void movePools(double trade) {
  hedge += trade;
  for (int i = 0; i < H.assets; i++) {
    double net = sell[i] - buy[i] - (i == H.bookAsset ? trade : 0);
    sell[i] = buy[i] = 0;
    if (net == 0 || reserveBase[i] == 0) continue;
    double k = reserveBase[i] * reserveQuote[i];
    x[i] += net;
    market[i] = k / x[i] / x[i] * market[H.root];
  }
}

/* ---- indexed: groups by asset signature, sorted by health at the snapshot ---- */
typedef struct { int32_t first, end, pointer; uint32_t cMask, dMask; } Group;
typedef struct { double key; int32_t account; } Waiting;
static Group *groups;
static int32_t groupCount, *order;
static double *health0;
static Waiting *waiting;
static int32_t waitingCount;
static double waitingMin, lambda;

static uint64_t signatureOf(int32_t a) {
  uint64_t c = 0, d = 0;
  for (int32_t l = cFirst[a]; l < cFirst[a + 1]; l++) c |= 1u << cAsset[l];
  for (int32_t l = dFirst[a]; l < dFirst[a + 1]; l++) d |= 1u << dAsset[l];
  return c << 32 | d;
}
static uint64_t *signature;
static int byGroupThenHealth(const void *p, const void *q) {
  int32_t a = *(const int32_t *)p, b = *(const int32_t *)q;
  if (signature[a] != signature[b]) return signature[a] < signature[b] ? -1 : 1;
  if (health0[a] != health0[b]) return health0[a] < health0[b] ? -1 : 1;
  return a - b;
}

static void buildIndex(void) {
  health0 = malloc(H.accounts * sizeof *health0);
  signature = malloc(H.accounts * sizeof *signature);
  order = malloc(H.accounts * sizeof *order);
  waiting = malloc(H.accounts * sizeof *waiting);
  groups = malloc(H.accounts * sizeof *groups);
  memcpy(market, spot, H.assets * sizeof *market);
  for (int32_t a = 0; a < H.accounts; a++) {
    health0[a] = healthOf(a);
    signature[a] = signatureOf(a);
    order[a] = a;
  }
  qsort(order, H.accounts, sizeof *order, byGroupThenHealth);
  for (int32_t i = 0; i < H.accounts; i++) {
    uint64_t s = signature[order[i]];
    if (i == 0 || s != signature[order[i - 1]])
      groups[groupCount++] = (Group){i, i, i, (uint32_t)(s >> 32), (uint32_t)s};
    groups[groupCount - 1].end = i + 1;
  }
}

static void await(int32_t a, double health) {
  double key = lambda * health;
  waiting[waitingCount++] = (Waiting){key, a};
  if (key < waitingMin) waitingMin = key;
}

static int look(int32_t a) {
  double health = healthOf(a);
  int acted = 0;
  if (health < 1) {
    acted = liquidate(a, health);
    if (writtenOff[a]) return acted;
    health = healthOf(a);
  }
  if (health < INFINITY) await(a, health);
  return acted;
}

static double boundOver(uint32_t cMask, uint32_t dMask, const double *base) {
  double fall = INFINITY, rise = 0;
  for (int i = 0; i < H.assets; i++) {
    double r = market[i] / base[i];
    if (cMask >> i & 1 && r < fall) fall = r;
    if (dMask >> i & 1 && r > rise) rise = r;
  }
  return rise > 0 ? fall / rise * (1 - 1e-14) : INFINITY;
}

static double *lastRound;

static int indexedRound(void) {
  int acted = 0;
  double fall = 1, rise = 1;
  for (int i = 0; i < H.assets; i++) {
    double r = market[i] / lastRound[i];
    if (r < fall) fall = r;
    if (r > rise) rise = r;
    lastRound[i] = market[i];
  }
  lambda *= rise / fall * (1 + 1e-14); /* inverse of the bound: an account waits while key > lambda */
  if (waitingMin < lambda) {
    int32_t before = waitingCount, kept = 0;
    Waiting *list = waiting;
    waitingMin = INFINITY;
    static Waiting *again;
    if (!again) again = malloc(H.accounts * sizeof *again);
    int32_t due = 0;
    for (int32_t i = 0; i < before; i++) {
      if (list[i].key < lambda) again[due++] = list[i];
      else {
        if (list[i].key < waitingMin) waitingMin = list[i].key;
        list[kept++] = list[i];
      }
    }
    waitingCount = kept;
    for (int32_t i = 0; i < due; i++) acted |= look(again[i].account);
  }
  for (int32_t g = 0; g < groupCount; g++) {
    Group *group = &groups[g];
    double bound = boundOver(group->cMask, group->dMask, spot);
    while (group->pointer < group->end && health0[order[group->pointer]] * bound < 1)
      acted |= look(order[group->pointer++]);
  }
  return acted;
}

static int scanRound(void) {
  int acted = 0;
  for (int32_t a = 0; a < H.accounts; a++) {
    if (writtenOff[a]) continue;
    double health = healthOf(a);
    if (health < 1) acted |= liquidate(a, health);
  }
  return acted;
}

static void reset(void) {
  for (int32_t i = 0; i < dirtyCount; i++) {
    int32_t a = dirty[i];
    touched[a] = writtenOff[a] = 0;
    for (int32_t l = cFirst[a]; l < cFirst[a + 1]; l++) { cUnits[l] = cUnits0[l]; closedLeg[l] = 0; }
    for (int32_t l = dFirst[a]; l < dFirst[a + 1]; l++) dUnits[l] = dUnits0[l];
  }
  dirtyCount = 0;
  for (int32_t g = 0; g < groupCount; g++) groups[g].pointer = groups[g].first;
  waitingCount = 0;
  waitingMin = INFINITY;
  lambda = 1;
}

static void cascade(double s, int indexed) {
  reset();
  liquidated = 0;
  hedge = H.lines == 0 ? 0 : -bookDelta(spot[H.bookAsset]);
  for (int i = 0; i < H.assets; i++) market[i] = spot[i] * exp(beta[i] * log1p(-s));
  for (int i = 0; i < H.assets; i++) {
    x[i] = reserveBase[i] == 0 ? 0 : sqrt(reserveBase[i] * reserveQuote[i] / (market[i] / market[H.root]));
    if (lastRound) lastRound[i] = market[i];
    sell[i] = buy[i] = 0;
  }
  int direction = 0;
  for (int round = 0; round < 100000; round++) {
    double trade = 0;
    int hedged = hedgeTrade(&trade) && (direction == 0 || trade * direction > 0);
    if (!hedged) trade = 0;
    else direction = trade > 0 ? 1 : -1;
    int acted = indexed ? indexedRound() : scanRound();
    if (!hedged && !acted) break;
    movePools(trade);
  }
  badDebt = 0;
  for (int32_t i = 0; i < dirtyCount; i++)
    if (writtenOff[dirty[i]]) badDebt += debtOf(dirty[i]);
}

static void *column(FILE *f, size_t count, size_t size) {
  void *data = malloc(count * size + 8);
  if (fread(data, size, count, f) != count) { fprintf(stderr, "short file\n"); exit(1); }
  return data;
}
#define F64(n) column(f, (n), 8)
#define I32(n) column(f, (n), 4)

int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "usage: cascade scan|indexed market.bin [repeats]\n"); return 2; }
  int indexed = strcmp(argv[1], "indexed") == 0, repeats = argc > 3 ? atoi(argv[3]) : 1;
  FILE *f = fopen(argv[2], "rb");
  if (!f || fread(&H, sizeof H, 1, f) != 1) { fprintf(stderr, "cannot read %s\n", argv[2]); return 1; }
  spot = F64(H.assets); beta = F64(H.assets); quantum = F64(H.assets);
  reserveBase = F64(H.assets); reserveQuote = F64(H.assets);
  lt = F64(H.assets); bonus = F64(H.assets); soldShare = F64(H.assets); rules = F64(5);
  cUnits0 = F64(H.collateralLegs); dUnits0 = F64(H.debtLegs);
  isCall = F64(H.lines); strike = F64(H.lines); years = F64(H.lines); vol = F64(H.lines); quantity = F64(H.lines);
  shock = F64(H.shocks);
  cFirst = I32(H.accounts + 1); cAsset = I32(H.collateralLegs); dFirst = I32(H.accounts + 1); dAsset = I32(H.debtLegs);
  fclose(f);
  cUnits = malloc(8 * (size_t)H.collateralLegs + 8); memcpy(cUnits, cUnits0, 8 * (size_t)H.collateralLegs);
  dUnits = malloc(8 * (size_t)H.debtLegs + 8); memcpy(dUnits, dUnits0, 8 * (size_t)H.debtLegs);
  closedLeg = calloc(H.collateralLegs + 1, 1); writtenOff = calloc(H.accounts, 1); touched = calloc(H.accounts, 1);
  dirty = malloc(4 * (size_t)H.accounts);
  market = calloc(H.assets, 8); x = calloc(H.assets, 8); sell = calloc(H.assets, 8); buy = calloc(H.assets, 8);
  for (int i = 0; i < H.lines; i++) gross += fabs(quantity[i]);
  double started = now();
  if (indexed) { lastRound = calloc(H.assets, 8); buildIndex(); }
  double indexing = now() - started, best = INFINITY;
  for (int r = 0; r < repeats; r++) {
    double start = now();
    for (int k = 0; k < H.shocks; k++) {
      cascade(shock[k], indexed);
      if (r == 0) printf("%.6f %.17g %.17g %d\n", shock[k], market[H.bookAsset], badDebt, liquidated);
    }
    double took = now() - start;
    if (took < best) best = took;
  }
  printf("index_ms %.3f best_ms %.3f\n", indexing * 1e3, best * 1e3);
  return 0;
}
