/** Whether a text can be a secret's name and is not, by its looks, the secret itself. */
export function isSecretName(text: string): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text) || text.length > 64) return false
  if (/^(ghp|gho|hf|xoxb|xoxp|sk|pk|rk|AKIA|AIza|eyJ)_?[A-Za-z0-9]{12,}/.test(text)) return false
  // Names are words; a long run with small letters, capitals and digits mixed is made by a machine.
  return !text
    .split('_')
    .some((word) => word.length >= 16 && /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word))
}
