import { useId, type ReactNode } from "react";

/** One of a few: the arrows walk, as in every group of radio buttons. */
export function Choice<Value extends string>({ label, options, names, value, onChange, className = "" }: { label: string; options: readonly Value[]; names: Readonly<Record<NoInfer<Value>, ReactNode>>; value: NoInfer<Value>; onChange(value: NoInfer<Value>): void; className?: string }): ReactNode {
  const name = useId();
  return (
    <span className={`seg ${className}`} role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          {names[option]}
        </label>
      ))}
    </span>
  );
}
