import { describe, expect, it } from 'vitest';
import { placeOf } from './place-of.ts';

describe('placeOf', () => {
  it.each([
    ['', {}],
    ['  ', {}],
    ['/', {}],
    ['shop/cart', { repository: 'shop/cart' }],
    ['cart', { repository: 'cart' }],
    ['registry.example', { registry: 'registry.example' }],
    ['registry.example/', { registry: 'registry.example' }],
    ['registry:5000', { registry: 'registry:5000' }],
    ['localhost/a/b', { registry: 'localhost', repository: 'a/b' }],
    [' registry.example:5000/shop/cart ', { registry: 'registry.example:5000', repository: 'shop/cart' }],
    ['shop/v1.2/cart', { repository: 'shop/v1.2/cart' }],
  ])('of "%s" is %j', (text, place) => expect(placeOf(text)).toEqual(place));
});
