import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** The width that an element has been given, in pixels, as it changes; a chart draws itself for it. */
export function useWidth<Element extends HTMLElement>(
  first: number,
): readonly [RefObject<Element | null>, number] {
  const element = useRef<Element>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(current);
    setWidth(Math.floor(current.clientWidth) || first);
    return () => observer.disconnect();
  }, [first]);
  return [element, width];
}
