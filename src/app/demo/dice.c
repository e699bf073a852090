#include "app/demo/demo.h"

uint64_t dice_next(Dice *d) /* splitmix64 */
{
        uint64_t z = d->state += 0x9e3779b97f4a7c15ULL;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
        return z ^ z >> 31;
}

int64_t dice_below(Dice *d, int64_t n)
{
        return n > 0 ? (int64_t)(dice_next(d) % (uint64_t)n) : 0;
}

int64_t dice_between(Dice *d, int64_t low, int64_t high)
{
        return low + dice_below(d, high - low + 1);
}

bool dice_chance(Dice *d, int permille)
{
        return dice_below(d, 1000) < permille;
}

int64_t dice_normal(Dice *d, int64_t mean, int64_t deviation)
{
        int64_t sum = 0;
        for (int i = 0; i < 12; i++)
                sum += dice_below(d, 1001) - 500;
        return mean + sum * deviation / 1000; /* the sum has a deviation of about 1000 */
}

int64_t dice_skewed(Dice *d, int64_t base, int64_t spread)
{
        static const int64_t eighth[] = { 1000, 1091, 1189, 1297, 1414, 1542, 1682, 1834 }; /* 2^(k/8) * 1000 */
        int64_t x = dice_normal(d, 0, spread), octave = x >= 0 ? x / 8 : -((7 - x) / 8);
        int64_t v = base * eighth[x - octave * 8] / 1000;
        return octave >= 0 ? v << octave : v >> -octave;
}
